// Channels side by side: vectors of 1 to 16 of them, in float32 whatever they are stored as.

#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

namespace vared_mm {

template <int N>
struct Lanes {
  typedef float Float __attribute__((vector_size(N * 4)));
  typedef uint32_t Word __attribute__((vector_size(N * 4)));
  typedef uint16_t Half __attribute__((vector_size(N * 2)));
};

template <int N>
inline typename Lanes<N>::Float load(const float* from) {
  typename Lanes<N>::Float value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <int N>
inline typename Lanes<N>::Float load(const at::BFloat16* from) {
  typename Lanes<N>::Half half;
  std::memcpy(&half, from, sizeof half);
  const auto word = __builtin_convertvector(half, typename Lanes<N>::Word) << 16;
  typename Lanes<N>::Float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

template <int N>
inline void store(float* to, typename Lanes<N>::Float value) {
  std::memcpy(to, &value, sizeof value);
}

template <int N>
inline void store(at::BFloat16* to, typename Lanes<N>::Float value) {  // to nearest, ties to even
  typename Lanes<N>::Word word;
  std::memcpy(&word, &value, sizeof word);
  word = (value != value) ? word | 0x400000u : word + (0x7fffu + ((word >> 16) & 1u));
  const auto half = __builtin_convertvector(word >> 16, typename Lanes<N>::Half);
  std::memcpy(to, &half, sizeof half);
}

// Calls block(width, first) for blocks of 16, 8, 4, 2 and 1 that make up `count` channels.
template <int N = 16, class Block>
inline void for_blocks(int64_t first, int64_t count, const Block& block) {
  for (; count - first >= N; first += N) block(std::integral_constant<int, N>{}, first);
  if constexpr (N > 1) for_blocks<N / 2>(first, count, block);
}

// Floats that begin with a line of the cache: a load of 16 channels touches one line, not two.
struct Line {
  alignas(64) float lanes[16];
};

class Buffer {
 public:
  void resize(int64_t count) { lines_.assign((count + 15) / 16, Line{}); }
  float* data() { return lines_.data()->lanes; }
  const float* data() const { return lines_.data()->lanes; }
  float& operator[](int64_t at) { return data()[at]; }
  float operator[](int64_t at) const { return data()[at]; }
  void fill(float value) { std::fill(data(), data() + 16 * lines_.size(), value); }

 private:
  std::vector<Line> lines_;
};

}  // namespace vared_mm
