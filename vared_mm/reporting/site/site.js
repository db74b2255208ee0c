'use strict';
// Tables that sort by a column and show only rows with some text; without this they still read.

function sortKey(cell) {
  if (!cell.hasAttribute('data-value')) return cell.textContent.trim().toLowerCase();
  const value = cell.getAttribute('data-value');
  return value === '' ? null : Number(value);
}

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null); // unmeasured always last
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', {numeric: true});
}

function sortBy(table, column, descending) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => [sortKey(row.cells[column]), row]);
  rows.sort(([a], [b]) => (descending && a !== null && b !== null ? compare(b, a) : compare(a, b)));
  body.append(...rows.map(([, row]) => row));
  Array.from(table.tHead.rows[0].cells, (head, i) => {
    if (i === column) head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    else head.removeAttribute('aria-sort');
  });
}

function makeSortable(table) {
  Array.from(table.tHead.rows[0].cells, (head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      sortBy(table, column, head.getAttribute('aria-sort') === 'ascending');
    });
  });
}

// A chart's point stays while one of its runs is shown in the table of runs.
function showPoints(table) {
  const rows = Array.from(table.tBodies[0].rows).filter((row) => row.dataset.run);
  if (!rows.length) return;
  const shown = new Set(rows.filter((row) => !row.hidden).map((row) => row.dataset.run));
  for (const point of document.querySelectorAll('.point[data-runs]')) {
    const some = point.dataset.runs.split(' ').some((run) => shown.has(run));
    point.style.display = some ? '' : 'none';
  }
}

function makeFilter(input) {
  const table = document.getElementById(input.dataset.filter);
  const count = document.querySelector(`[data-count="${CSS.escape(input.dataset.filter)}"]`);
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    showPoints(table);
    count.textContent = words.length ? `${shown} of ${table.tBodies[0].rows.length} rows` : '';
  };
  input.addEventListener('input', apply);
  apply(); // a browser may keep the text over a reload
}

document.querySelectorAll('table.sortable').forEach(makeSortable);
document.querySelectorAll('input[data-filter]').forEach(makeFilter);
