// Channels side by side: vectors of 1 to 16 of them, in float32 whatever they are stored as.

#pragma once

#include <ATen/ATen.h>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

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

// The value within bounds; NaN stays.
template <class Float>
inline Float at_least(Float value, Float bound) {
#ifdef __AVX512F__
  if constexpr (sizeof value == 64) return (Float)_mm512_max_ps((__m512)bound, (__m512)value);
#endif
  return value < bound ? bound : value;
}

template <class Float>
inline Float at_most(Float value, Float bound) {
#ifdef __AVX512F__
  if constexpr (sizeof value == 64) return (Float)_mm512_min_ps((__m512)bound, (__m512)value);
#endif
  return value > bound ? bound : value;
}

// ReLU; NaN stays.
template <class Float>
inline Float clip_at_zero(Float value) { return at_least(value, Float{}); }

// Sixteen channels of which only the first `count` are there.
inline Lanes<16>::Float load_some(const float* from, int64_t count) {
  if (count >= 16) return load<16>(from);
#ifdef __AVX512BW__
  const auto mask = static_cast<__mmask16>((1u << count) - 1);
  return (Lanes<16>::Float)_mm512_maskz_loadu_ps(mask, from);
#else
  Lanes<16>::Float value = {};
  for (int64_t lane = 0; lane < count; ++lane) value[lane] = from[lane];
  return value;
#endif
}

inline Lanes<16>::Float load_some(const at::BFloat16* from, int64_t count) {
  if (count >= 16) return load<16>(from);
  at::BFloat16 row[16] = {};
#ifdef __AVX512BW__
  const auto mask = static_cast<__mmask16>((1u << count) - 1);
  const auto half = _mm256_maskz_loadu_epi16(mask, from);
  std::memcpy(row, &half, sizeof half);
#else
  std::copy(from, from + count, row);
#endif
  return load<16>(row);
}

inline void store_some(at::BFloat16* to, Lanes<16>::Float value, int64_t count) {
  if (count >= 16) return store<16>(to, value);
  at::BFloat16 row[16];
  store<16>(row, value);
#ifdef __AVX512BW__
  __m256i half;
  std::memcpy(&half, row, sizeof half);
  _mm256_mask_storeu_epi16(to, static_cast<__mmask16>((1u << count) - 1), half);
#else
  std::copy(row, row + count, to);
#endif
}

inline void store_some(float* to, Lanes<16>::Float value, int64_t count) {
  if (count >= 16) return store<16>(to, value);
#ifdef __AVX512BW__
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)value);
#else
  for (int64_t lane = 0; lane < count; ++lane) to[lane] = value[lane];
#endif
}

// A vector's worth of channels: all N of its lanes, or sixteen of which the first `real` are there.
template <int N>
struct Whole {
  using Float = typename Lanes<N>::Float;
  static constexpr int kLanes = N;
  static constexpr int64_t real = N;
  template <class T>
  Float load(const T* from) const { return vared_mm::load<N>(from); }
  template <class T>
  void store(T* to, Float value) const { vared_mm::store<N>(to, value); }
};

struct Part {
  using Float = Lanes<16>::Float;
  static constexpr int kLanes = 16;
  int64_t real;
  template <class T>
  Float load(const T* from) const { return load_some(from, real); }
  template <class T>
  void store(T* to, Float value) const { store_some(to, value, real); }
};

// Calls block(channels, first) for blocks that make up the channels from `first` to `count`: of
// sixteen and a rest, or, where there are no masks, of 16, 8, 4, 2 and 1.
template <int N = 16, class Block>
inline void for_blocks(int64_t first, int64_t count, const Block& block) {
  for (; count - first >= N; first += N) block(Whole<N>{}, first);
#ifdef __AVX512BW__
  if (count > first) block(Part{count - first}, first);
#else
  if constexpr (N > 1) for_blocks<N / 2>(first, count, block);
#endif
}

// As many as begin with a line of the cache, so that a vector touches one line, not two.
inline int64_t whole_lines(int64_t count) { return (count + 15) / 16 * 16; }

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
