// Object and Shared: the parts of a job, in a constant expression as well as at run time.
#pragma once

#include <ansatz/base/compiled_once.hpp>

#include <type_traits>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Describer;
class Value;
/// Tells the class and the keys of an object; see describe.hpp.
template <class T>
void describe_keys(Describer& to, const T& object);

/// The base of everything a job is made of: models, layers, costs, algorithms, data sets.
///
/// Such an object is a description: it never changes once the job has been made. What changes
/// while a job runs lies in objects of its own, which `start` makes.
class Object {
 public:
  /// What an object of the class is called in messages and lists: "cost", "data set".
  static constexpr const char* kind_name = "object";
  /// Whether a job can be looked at further where keys of the object were at fault. Of a data set,
  /// a Space or an array, others ask at once what they are.
  static constexpr bool outlives_faults = false;

  constexpr Object() {}
  constexpr Object(const Object&) {}  // a copy has owners of its own
  constexpr Object& operator=(const Object&) { return *this; }
  constexpr virtual ~Object() = default;
  /// Tells what the object is; to_yaml is made of it. A Shared's objects all know.
  virtual void describe(Describer&) const {}

 private:
  template <class>
  friend class Shared;
  int owners_ = 0;  // not mutable: g++ 12 refuses to read that in a constant expression
};

// g++ 12 finds no body for the virtual destructor of a class in a constant expression unless it is
// written; here it is written once for all of them.
template <class T>
struct Owned final : T {
  constexpr explicit Owned(const T& value) : T(value) {}
  constexpr ~Owned() override {}
  void describe(Describer& to) const override { describe_keys<T>(to, *this); }
};

/// A handle to an object; copies name the same one, as an alias of YAML names its anchor's.
template <class T>
class Shared {
 public:
  constexpr Shared() {}
  constexpr Shared(decltype(nullptr)) {}
  /// Owns `object`, which was made with `new`.
  constexpr explicit Shared(T* object) : object_(object) { hold(); }
  /// Owns a copy of `value`.
  template <class U>
    requires std::is_base_of_v<T, U>
  constexpr Shared(const U& value) : object_(new Owned<U>(value)) {
    hold();
  }
  constexpr Shared(const Shared& other) : object_(other.object_) { hold(); }
  constexpr Shared(Shared&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  template <class U>
    requires(!std::is_same_v<T, U> && std::is_base_of_v<T, U>)
  constexpr Shared(const Shared<U>& other) : object_(other.get()) {
    hold();
  }
  constexpr Shared& operator=(const Shared& other) {
    Shared copy(other);
    return swap(copy);
  }
  constexpr Shared& operator=(Shared&& other) noexcept { return swap(other); }
  constexpr ~Shared() {
    if (object_ && --count() == 0) delete object_;
  }

  constexpr T* get() const { return object_; }
  constexpr T& operator*() const { return *object_; }
  constexpr T* operator->() const { return object_; }
  constexpr explicit operator bool() const { return object_ != nullptr; }
  constexpr bool operator==(const Shared& other) const { return object_ == other.object_; }

 private:
  constexpr int& count() const { return static_cast<Object*>(object_)->owners_; }
  constexpr void hold() {
    if (object_) ++count();
  }
  constexpr Shared& swap(Shared& other) {
    T* mine = object_;
    object_ = other.object_;
    other.object_ = mine;
    return *this;
  }

  T* object_ = nullptr;
};

}  // namespace ansatz
