#include <dsl/store.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <ansatz/files/npz.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../dsl/text.hpp"

namespace ansatz {

using running::quoted;
using running::shape_text;
using running::type_name;

namespace {

const void* memory_of(const Store& store, std::string_view name) {
  if (store.type(name) == ElementType::float64) return store.data<double>(name);
  return store.data<float>(name);
}

Dims dims_of(const NpzArray& a) {
  Dims dims;
  for (std::int64_t n : a.shape) dims.push_back(n);
  return dims;
}

}  // namespace

void Store::save_npz(std::string_view path) const {
  std::vector<NamedArray> arrays;
  for (int i = 0; i < size(); ++i)
    arrays.push_back(
        {std::string(name(i)), {memory_of(*this, name(i)), type(name(i)), shape(name(i)), true}});
  write_npz(std::string(path), arrays);
}

void Store::load_npz(std::string_view path) {
  const std::vector<NpzArray> arrays = read_npz(std::string(path));
  std::vector<std::string_view> in_file;
  for (const NpzArray& a : arrays) in_file.push_back(a.name);
  std::vector<std::string_view> known;
  for (int i = 0; i < size(); ++i) known.push_back(name(i));

  std::string wrong;
  const auto complain = [&](const std::string& line) { wrong += "\n  " + line; };
  for (const std::string_view each : known)
    if (std::find(in_file.begin(), in_file.end(), each) == in_file.end()) {
      const std::string_view nearest = nearest_name(each, in_file);
      complain(quoted(each) + " is missing" +
               (nearest.empty() ? "" : "; nearest in the file: " + std::string(nearest)));
    }
  for (const NpzArray& a : arrays) {
    if (!contains(a.name)) {
      const std::string_view nearest = nearest_name(a.name, known);
      complain(quoted(a.name) + " is unknown" +
               (nearest.empty() ? "" : "; nearest in the store: " + std::string(nearest)));
      continue;
    }
    const Dims dims = dims_of(a);
    Dims wanted = shape(a.name);
    if (resizable(a.name) && dims.rank > 0) wanted[0] = dims[0];
    if (dims != wanted)
      complain(quoted(a.name) + " has the shape " + shape_text(dims) + " in the file, " +
               shape_text(shape(a.name)) + " in the store");
    if (a.type != type(a.name))
      complain(quoted(a.name) + " holds " + type_name(a.type) + " in the file, " +
               type_name(type(a.name)) + " in the store");
  }
  if (!wrong.empty())
    throw FileError(quoted(path) + " does not hold the tensors of this store:" + wrong);

  for (const NpzArray& a : arrays) {
    if (resizable(a.name)) resize(a.name, a.shape[0]);
    set(a.name, {a.bytes.data(), a.type, dims_of(a), true});
  }
}

}  // namespace ansatz
