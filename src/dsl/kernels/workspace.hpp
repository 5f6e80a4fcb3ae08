// What the interpreter of loops keeps from call to call, in every thread.
#pragma once

#include <dsl/kernels/reduce.hpp>

#include <cstring>
#include <memory>
#include <new>
#include <unordered_map>
#include <vector>

#include "recipe.hpp"

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

/// Elements of a tile: a handful of blocks fit into the caches next to the processor.
template <class T>
inline constexpr long tile_elements = 8192 / sizeof(T);

struct FreeAligned {
  void operator()(void* p) const { ::operator delete(p, std::align_val_t(64)); }
};
template <class T>
class Memory {
 public:
  T* reserve(long count) {
    if (count > capacity_) {
      data_.reset(static_cast<T*>(::operator new(sizeof(T) * count, std::align_val_t(64))));
      capacity_ = count;
    }
    return data_.get();
  }

 private:
  std::unique_ptr<T, FreeAligned> data_;
  long capacity_ = 0;
};

/// Blocks of one number, kept because loops ask for the same few again and again.
template <class T>
class Constants {
  static constexpr long tile_size = tile_elements<T>;

 public:
  void begin() { ++call_; }
  const T* block(T number) {
    Entry* oldest = nullptr;
    for (Entry& e : entries_) {
      if (std::memcmp(&e.number, &number, sizeof(T)) == 0) {
        e.used = call_;
        return e.block.reserve(tile_size);
      }
      if (e.used != call_ && (!oldest || e.used < oldest->used)) oldest = &e;
    }
    if (entries_.size() < kept || !oldest) oldest = &entries_.emplace_back();
    oldest->number = number;
    oldest->used = call_;
    T* block = oldest->block.reserve(tile_size);
    for (long i = 0; i < tile_size; i += simd<T>::width) simd<T>(number).store(block + i);
    return block;
  }

 private:
  static constexpr std::size_t kept = 32;
  struct Entry {
    T number = 0;
    std::uint64_t used = 0;
    Memory<T> block;
  };
  std::vector<Entry> entries_;
  std::uint64_t call_ = 0;
};

/// What a thread keeps between calls.
template <class T>
struct Workspace {
  std::unordered_map<const void*, Recipe> recipes;
  Constants<T> constants;
  Memory<T> blocks;     ///< slots, then a block for each instruction whose rows are all alike
  Memory<T> rows;       ///< row values: a block of a number a row for each instruction
  Memory<const T*> at;  ///< by id
  Memory<bool> padded;  ///< by id: the block has room up to a multiple of the register's width
  Memory<std::int64_t> addresses;
  Memory<Reduced<T>> reduced;
  Memory<Total<T>> totals;
  Memory<T*> targets;
  Memory<std::int64_t> filled_from;
  std::vector<bool> kept, dropped;
};

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
