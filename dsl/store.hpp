// Parameters and state: named tensors, shared by any number of programs.
#pragma once

#include <initializer_list>
#include <string_view>

#include <dsl/array.hpp>

namespace ansatz {

/// What a stored tensor is: learned, or kept from call to call without being learned.
enum class StoreKind : std::uint8_t { parameter, state };

/// A shared handle to named tensors of float or double; a copy names the same tensors. Memory is
/// aligned to 64 bytes, zero at first, and padded with zeros to a multiple of 64 bytes. Names
/// consist of A-Z a-z 0-9 _ . / -. One thread at a time may use it.
///
/// Errors: NameError (unknown name, with the nearest known one; a name that is taken), ShapeError,
/// ValueError (float where double lies, or the reverse), FileError. A call that throws has changed
/// nothing.
class Store {
 public:
  Store();
  Store(const Store& other);
  Store& operator=(const Store& other);
  ~Store();

  /// Adds a tensor of zeros. T is float or double.
  template <class T>
  void add(std::string_view name, const Dims& dims, StoreKind kind = StoreKind::parameter);

  /// Adds state whose first dimension is known at run time only, such as persistent Markov chains
  /// [chains, 500]; `resize` changes it.
  template <class T>
  void add_resizable(std::string_view name, const Dims& dims);

  /// Gives a resizable state `rows` rows; those it had keep their values, new ones are zero.
  void resize(std::string_view name, std::int64_t rows);

  int size() const;                        ///< number of tensors
  std::string_view name(int index) const;  ///< in the order of creation
  bool contains(std::string_view name) const;

  const Dims& shape(std::string_view name) const;
  int rank(std::string_view name) const { return shape(name).rank; }
  ElementType type(std::string_view name) const;  ///< float32 or float64
  StoreKind kind(std::string_view name) const;
  bool resizable(std::string_view name) const;

  /// The tensor's memory, row-major. Stays where it is until `resize` or, for a resizable one,
  /// `load_npz`.
  template <class T>
  T* data(std::string_view name) const;

  /// Copies values in; type and shape must be those of the tensor.
  void set(std::string_view name, const ArrayView& values);
  template <class T>
  void set(std::string_view name, const T* values, const Dims& dims) {
    set(name, view(values, dims));
  }
  template <class A>
    requires(!std::is_same_v<A, ArrayView>)
  void set(std::string_view name, const A& values) {
    set(name, view(values));
  }

  void fill(std::string_view name, double value);

  /// Independent draws, uniform in [low, high) or normal; the same numbers for the same seed with
  /// every compiler and C++ library. ValueError for bounds or moments that are not finite.
  void uniform(std::string_view name, double low, double high, std::uint64_t seed);
  void normal(std::string_view name, double mean, double stdev, std::uint64_t seed);

  /// Writes all tensors to a file that numpy.load reads. The file is replaced as a whole: whatever
  /// happens, `path` holds either the old content or the new.
  void save_npz(std::string_view path) const;

  /// Reads all tensors. The file must hold exactly these names, shapes (any number of rows for
  /// resizable state) and types; otherwise one FileError lists every difference.
  void load_npz(std::string_view path);

  /// Reads the tensors of the file whose names fit one of the patterns, "W*" say ('*', '?', [abc]);
  /// all others, of the file and of the store, are left alone. Returns how many were read.
  /// FileError when a pattern fits none, or one that fits has no tensor of its shape and type.
  int load_npz(std::string_view path, std::initializer_list<std::string_view> patterns);

  /// A store of its own with the same tensors and values.
  Store clone() const;
  /// Takes over the values of another store's tensors, those of `clone()` when the best is put
  /// back. Both must have the same names, shapes (any number of rows for resizable state) and
  /// types; otherwise one ValueError lists every difference.
  void copy(const Store& from);

  /// Changes whenever the memory of a tensor moves.
  std::uint64_t version() const;

  /// Whether both are handles to the same tensors.
  bool operator==(const Store& other) const { return impl_ == other.impl_; }

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace ansatz
