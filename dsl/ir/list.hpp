// A growing array for the compiler inside the compiler. std::vector does the same, at ten times
// the cost in a constant expression: every push_back of it is a dozen nested calls. There a step of
// a loop costs three times what it copies: so they copy eight elements at a time.
#pragma once

namespace ansatz::ir {

class Graph;

template <class T>
class List {
 public:
  constexpr List() = default;
  constexpr explicit List(int count) { resize(count); }
  constexpr List(const List& other) {
    reserve(other.size_);
    copy(other);
  }
  constexpr List(List&& other) noexcept
      : data_(other.data_), size_(other.size_), capacity_(other.capacity_) {
    other.data_ = nullptr;
    other.size_ = other.capacity_ = 0;
  }
  constexpr List& operator=(const List& other) {
    if (this != &other) {
      size_ = 0;
      reserve(other.size_);
      copy(other);
    }
    return *this;
  }
  constexpr List& operator=(List&& other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~List() { delete[] data_; }

  constexpr void swap(List& other) noexcept {
    T* data = data_;
    int size = size_, capacity = capacity_;
    data_ = other.data_, size_ = other.size_, capacity_ = other.capacity_;
    other.data_ = data, other.size_ = size, other.capacity_ = capacity;
  }

  constexpr int size() const { return size_; }
  constexpr int capacity() const { return capacity_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T& operator[](int i) { return data_[i]; }
  constexpr const T& operator[](int i) const { return data_[i]; }
  constexpr T* begin() { return data_; }
  constexpr T* end() { return data_ + size_; }
  constexpr const T* begin() const { return data_; }
  constexpr const T* end() const { return data_ + size_; }
  constexpr const T* data() const { return data_; }
  constexpr T* data() { return data_; }
  constexpr T& back() { return data_[size_ - 1]; }
  constexpr const T& back() const { return data_[size_ - 1]; }

  constexpr void push_back(const T& value) {
    if (size_ == capacity_) {
      const T copy = value;  // the value may lie in this list
      reserve(capacity_ ? 2 * capacity_ : 8);
      data_[size_++] = copy;
    } else {
      data_[size_++] = value;
    }
  }
  constexpr void pop_back() { --size_; }
  constexpr void clear() { size_ = 0; }
  // Not inlined: of a loop over a list whose size it thinks it knows, g++ 12 warns at -O3 that it
  // writes beyond the end (-Wstringop-overflow), where it never is.
  [[gnu::noinline]] constexpr void reserve(int capacity) {
    if (capacity <= capacity_ || capacity <= 0) return;
    T* const grown = room(capacity);
    T* to = grown;
    T* from = data_;
    int n = size_;
    for (; n >= 8; n -= 8, to += 8, from += 8) {
      to[0] = static_cast<T&&>(from[0]), to[1] = static_cast<T&&>(from[1]);
      to[2] = static_cast<T&&>(from[2]), to[3] = static_cast<T&&>(from[3]);
      to[4] = static_cast<T&&>(from[4]), to[5] = static_cast<T&&>(from[5]);
      to[6] = static_cast<T&&>(from[6]), to[7] = static_cast<T&&>(from[7]);
    }
    for (; n > 0; --n) *to++ = static_cast<T&&>(*from++);
    delete[] data_;
    data_ = grown;
    capacity_ = capacity;
  }
  constexpr void resize(int count) { assign_from(size_, count, T{}); }
  /// Adds `count` elements that the caller fills; the first of them.
  constexpr T* extend(int count) {
    if (size_ + count > capacity_)
      reserve(size_ + count > 2 * capacity_ ? size_ + count : 2 * capacity_);
    T* const first = data_ + size_;
    size_ += count;
    return first;
  }
  constexpr void assign(int count, const T& value) { assign_from(0, count, value); }

 private:
  constexpr void assign_from(int first, int count, const T& value) {
    reserve(count);
    T* to = data_ + first;
    int n = count - first;
    for (; n >= 8; n -= 8, to += 8) {
      to[0] = value, to[1] = value, to[2] = value, to[3] = value;
      to[4] = value, to[5] = value, to[6] = value, to[7] = value;
    }
    for (; n > 0; --n) *to++ = value;
    size_ = count;
  }
  constexpr void copy(const List& other) {
    T* to = data_;
    const T* from = other.data_;
    int n = other.size_;
    for (; n >= 8; n -= 8, to += 8, from += 8) {
      to[0] = from[0], to[1] = from[1], to[2] = from[2], to[3] = from[3];
      to[4] = from[4], to[5] = from[5], to[6] = from[6], to[7] = from[7];
    }
    for (; n > 0; --n) *to++ = *from++;
    size_ = other.size_;
  }
  // Clearing memory costs a constant evaluation as much as filling it does, number by number.
  static constexpr T* room(int count) {
    if constexpr (__is_trivially_constructible(T))
      return new T[static_cast<unsigned>(count)];
    else
      return new T[static_cast<unsigned>(count)]{};
  }

  friend class Graph;  // whose accessors are called most: one call instead of three

  T* data_ = nullptr;
  int size_ = 0;
  int capacity_ = 0;
};

}  // namespace ansatz::ir
