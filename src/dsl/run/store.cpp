#include <dsl/store.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <deque>
#include <fstream>
#include <random>
#include <string>
#include <unordered_map>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../text.hpp"
#include "block.hpp"

namespace ansatz {

std::size_t running::available_memory() {
  constexpr std::size_t not_known = ~std::size_t{0};
  std::size_t bytes = not_known;
  std::ifstream machine("/proc/meminfo");
  std::size_t available = 0, swap = 0, number = 0;
  bool known = false;
  for (std::string name, unit; machine >> name >> number && std::getline(machine, unit);) {
    if (name == "MemAvailable:") available = number, known = true;
    if (name == "SwapFree:") swap = number;
  }
  if (known) bytes = (available + swap) << 10;
  // Without a limit the first file holds "max", which is no number.
  std::ifstream limit("/sys/fs/cgroup/memory.max"), current("/sys/fs/cgroup/memory.current");
  std::size_t most = 0, used = 0;
  if (limit >> most && current >> used) bytes = std::min(bytes, most > used ? most - used : 0);
  return bytes;
}

using running::shape_text;
using running::type_name;

namespace {

struct Tensor {
  std::string name;
  ElementType type;
  Dims dims;
  StoreKind kind;
  bool resizable;
  running::Block memory;

  std::size_t bytes() const {
    return static_cast<std::size_t>(dims.count()) * static_cast<std::size_t>(element_size(type));
  }
};

/// Whether so many doubles have an address.
bool fits(const Dims& dims) {
  std::int64_t bytes = 8;
  for (std::int64_t n : dims)
    if (n < 0 || __builtin_mul_overflow(bytes, n, &bytes)) return false;
  return true;
}

void grow(running::Block& memory, const Tensor& t) {
  try {
    memory.grow(t.bytes());
  } catch (const std::bad_alloc&) {
    throw MemoryError(running::no_memory(
        "tensor " + in_quotes(t.name) + " of shape " + shape_text(t.dims), t.bytes()));
  }
}

Dims with_rows(Dims dims, std::int64_t rows) {
  dims[0] = rows;
  return dims;
}

}  // namespace

struct Store::Impl {
  std::deque<Tensor> tensors;  // a deque, so that the index can refer to the names
  std::unordered_map<std::string_view, int> index;
  std::uint64_t version = 0;
  std::atomic<int> handles{1};

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> out;
    for (const Tensor& t : tensors) out.push_back(t.name);
    return out;
  }
  Tensor* find(std::string_view name) {
    const auto at = index.find(name);
    return at == index.end() ? nullptr : &tensors[static_cast<std::size_t>(at->second)];
  }
  Tensor& get(std::string_view name) {
    if (Tensor* t = find(name)) return *t;
    throw NameError("the store has no tensor " + in_quotes(name) + allowed_names(name, names()));
  }
  void add(std::string_view name, ElementType type, const Dims& dims, StoreKind kind,
           bool resizable) {
    if (!running::good_name(name))
      throw NameError(in_quotes(name) + " cannot name a tensor; allowed: A-Z a-z 0-9 _ . / -");
    if (find(name)) throw NameError("the store already has a tensor " + in_quotes(name));
    if (dims.rank > ir::max_rank || !fits(dims))
      throw ShapeError("tensor " + in_quotes(name) + " cannot have the shape " + shape_text(dims) +
                       "; allowed: at most " + std::to_string(ir::max_rank) +
                       " dimensions, none negative, and no more elements than can be addressed");
    if (resizable && dims.rank == 0)
      throw ShapeError("resizable state " + in_quotes(name) + " needs a first dimension");
    Tensor t{std::string(name), type, dims, kind, resizable, {}};
    grow(t.memory, t);
    tensors.push_back(std::move(t));
    index.emplace(tensors.back().name, static_cast<int>(tensors.size()) - 1);
  }
  /// Gives a tensor other rows and zeroes all beyond the first `keep`.
  void set_rows(Tensor& t, std::int64_t rows, std::int64_t keep) {
    const Dims dims = with_rows(t.dims, rows);
    Tensor fresh{{}, t.type, dims, t.kind, t.resizable, {}};
    const std::size_t kept = Tensor{{}, t.type, with_rows(dims, keep), t.kind, true, {}}.bytes();
    if (fresh.bytes() > t.memory.bytes()) {
      fresh.name = t.name;
      grow(fresh.memory, fresh);
      std::memcpy(fresh.memory.data(), t.memory.data(), kept);
      t.memory = std::move(fresh.memory);
    } else {
      std::memset(static_cast<char*>(t.memory.data()) + kept, 0, t.memory.bytes() - kept);
    }
    t.dims = dims;
    ++version;
  }
};

Store::Store() : impl_(new Impl) {}
Store::Store(const Store& other) : impl_(other.impl_) { ++impl_->handles; }
Store& Store::operator=(const Store& other) {
  ++other.impl_->handles;
  if (--impl_->handles == 0) delete impl_;
  impl_ = other.impl_;
  return *this;
}
Store::~Store() {
  if (--impl_->handles == 0) delete impl_;
}

template <class T>
void Store::add(std::string_view name, const Dims& dims, StoreKind kind) {
  impl_->add(name, element_type_of<T>(), dims, kind, false);
}
template <class T>
void Store::add_resizable(std::string_view name, const Dims& dims) {
  impl_->add(name, element_type_of<T>(), dims, StoreKind::state, true);
}

void Store::resize(std::string_view name, std::int64_t rows) {
  Tensor& t = impl_->get(name);
  if (!t.resizable)
    throw ShapeError("tensor " + in_quotes(name) + " of shape " + shape_text(t.dims) +
                     " is not resizable");
  if (!fits(with_rows(t.dims, rows)))
    throw ShapeError("state " + in_quotes(name) + " cannot have " + std::to_string(rows) + " rows");
  if (rows != t.dims[0]) impl_->set_rows(t, rows, std::min(rows, t.dims[0]));
}

int Store::size() const { return static_cast<int>(impl_->tensors.size()); }
std::string_view Store::name(int index) const {
  if (index < 0 || index >= size())
    throw NameError("the store has " + std::to_string(size()) + " tensors; found number " +
                    std::to_string(index));
  return impl_->tensors[static_cast<std::size_t>(index)].name;
}
bool Store::contains(std::string_view name) const { return impl_->find(name) != nullptr; }
const Dims& Store::shape(std::string_view name) const { return impl_->get(name).dims; }
ElementType Store::type(std::string_view name) const { return impl_->get(name).type; }
StoreKind Store::kind(std::string_view name) const { return impl_->get(name).kind; }
bool Store::resizable(std::string_view name) const { return impl_->get(name).resizable; }
std::uint64_t Store::version() const { return impl_->version; }

template <class T>
T* Store::data(std::string_view name) const {
  Tensor& t = impl_->get(name);
  if (t.type != element_type_of<T>())
    throw ValueError("tensor " + in_quotes(name) + " holds " + type_name(t.type) +
                     ", asked for was " + type_name(element_type_of<T>()));
  return static_cast<T*>(t.memory.data());
}

void Store::set(std::string_view name, const ArrayView& values) {
  Tensor& t = impl_->get(name);
  if (values.type != t.type)
    throw ValueError("values for tensor " + in_quotes(name) + " are " + type_name(values.type) +
                     "; allowed: " + type_name(t.type));
  if (values.dims != t.dims)
    throw ShapeError("values for tensor " + in_quotes(name) + " have the shape " +
                     shape_text(values.dims) + "; allowed: " + shape_text(t.dims) +
                     (t.resizable ? " (it can be resized)" : ""));
  if (!values.contiguous)
    throw ValueError("values for tensor " + in_quotes(name) +
                     " are not contiguous in row-major order");
  if (t.bytes() > 0) std::memmove(t.memory.data(), values.data, t.bytes());
}

namespace {

template <class F>
void each(Tensor& t, F next) {
  const std::int64_t n = t.dims.count();
  if (t.type == ElementType::float32) {
    float* p = static_cast<float*>(t.memory.data());
    for (std::int64_t i = 0; i < n; ++i) p[i] = static_cast<float>(next());
  } else {
    double* p = static_cast<double*>(t.memory.data());
    for (std::int64_t i = 0; i < n; ++i) p[i] = next();
  }
}

// The distributions of <random> differ between libraries; the engine is fixed by the standard.
double unit_uniform(std::mt19937_64& engine) {
  return static_cast<double>(engine() >> 11) * 0x1p-53;
}

}  // namespace

void Store::fill(std::string_view name, double value) {
  each(impl_->get(name), [=] { return value; });
}

void Store::uniform(std::string_view name, double low, double high, std::uint64_t seed) {
  Tensor& t = impl_->get(name);
  if (!(low <= high) || !std::isfinite(high - low))
    throw ValueError("uniform draws for " + in_quotes(name) + " from " + running::number_text(low) +
                     " to " + running::number_text(high) +
                     "; low must not exceed high, and both must be finite");
  std::mt19937_64 engine(seed);
  each(t, [&] { return low + (high - low) * unit_uniform(engine); });
}

// Marsaglia's polar method (Marsaglia and Bray 1964): of library functions it needs only the
// logarithm and the square root.
void Store::normal(std::string_view name, double mean, double stdev, std::uint64_t seed) {
  Tensor& t = impl_->get(name);
  if (!(stdev >= 0) || !std::isfinite(stdev) || !std::isfinite(mean))
    throw ValueError("normal draws for " + in_quotes(name) + " with mean " +
                     running::number_text(mean) + " and standard deviation " +
                     running::number_text(stdev) +
                     "; both must be finite, and the deviation not negative");
  std::mt19937_64 engine(seed);
  double second = 0;
  bool has_second = false;
  each(t, [&] {
    if (has_second) {
      has_second = false;
      return mean + stdev * second;
    }
    for (;;) {
      const double x = 2 * unit_uniform(engine) - 1, y = 2 * unit_uniform(engine) - 1;
      const double s = x * x + y * y;
      if (s >= 1 || s == 0) continue;
      const double scale = std::sqrt(-2 * std::log(s) / s);
      second = y * scale;
      has_second = true;
      return mean + stdev * (x * scale);
    }
  });
}

Store Store::clone() const {
  Store out;
  for (const Tensor& t : impl_->tensors) {
    out.impl_->add(t.name, t.type, t.dims, t.kind, t.resizable);
    std::memcpy(out.impl_->tensors.back().memory.data(), t.memory.data(), t.bytes());
  }
  return out;
}

template void Store::add<float>(std::string_view, const Dims&, StoreKind);
template void Store::add<double>(std::string_view, const Dims&, StoreKind);
template void Store::add_resizable<float>(std::string_view, const Dims&);
template void Store::add_resizable<double>(std::string_view, const Dims&);
template float* Store::data<float>(std::string_view) const;
template double* Store::data<double>(std::string_view) const;

}  // namespace ansatz
