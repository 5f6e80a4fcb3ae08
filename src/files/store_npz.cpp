#include <dsl/store.hpp>

#include <fnmatch.h>

#include <algorithm>
#include <string>
#include <vector>

#include <ansatz/files/npz.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include "../dsl/text.hpp"

namespace ansatz {

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
    arrays.push_back({name(i), {memory_of(*this, name(i)), type(name(i)), shape(name(i)), true}});
  write_npz(std::string(path), arrays);
}

namespace {

// A tensor that is to be taken over, as it stands in a file or in another store.
struct Offered {
  std::string_view name;
  ElementType type;
  Dims dims;
  const void* data;
};

std::string nearest_text(std::string_view name, const std::vector<std::string_view>& known,
                         const char* where) {
  const std::string_view nearest = nearest_name(name, known);
  return nearest.empty() ? ""
                         : "; nearest in the " + std::string(where) + ": " + std::string(nearest);
}

// What differs in shape or type, a line each.
std::string differences(const Store& store, const Offered& t, const char* where) {
  std::string wrong;
  Dims wanted = store.shape(t.name);
  if (store.resizable(t.name) && t.dims.rank > 0) wanted[0] = t.dims[0];
  const std::string in = std::string(" in the ") + where + ", ";
  if (t.dims != wanted)
    wrong += "\n  " + in_quotes(t.name) + " has the shape " + shape_text(t.dims) + in +
             shape_text(store.shape(t.name)) + " in the store";
  if (t.type != store.type(t.name))
    wrong += "\n  " + in_quotes(t.name) + " holds " + type_name(t.type) + in +
             type_name(store.type(t.name)) + " in the store";
  return wrong;
}

// What keeps the store from taking over exactly these, a line each.
std::string all_differences(const Store& store, const std::vector<Offered>& there,
                            const char* where) {
  std::vector<std::string_view> in_file, known;
  for (const Offered& t : there) in_file.push_back(t.name);
  for (int i = 0; i < store.size(); ++i) known.push_back(store.name(i));
  std::string wrong;
  for (const std::string_view each : known)
    if (std::find(in_file.begin(), in_file.end(), each) == in_file.end())
      wrong += "\n  " + in_quotes(each) + " is missing" + nearest_text(each, in_file, where);
  for (const Offered& t : there)
    if (store.contains(t.name))
      wrong += differences(store, t, where);
    else
      wrong += "\n  " + in_quotes(t.name) + " is unknown" + nearest_text(t.name, known, "store");
  return wrong;
}

void take(Store& store, const Offered& t) {
  if (store.resizable(t.name)) store.resize(t.name, t.dims[0]);
  store.set(t.name, {t.data, t.type, t.dims, true});
}

std::vector<Offered> offered(const std::vector<NpzArray>& arrays) {
  std::vector<Offered> list;
  for (const NpzArray& a : arrays) list.push_back({a.name, a.type, dims_of(a), a.bytes.data()});
  return list;
}

}  // namespace

void Store::load_npz(std::string_view path) {
  const std::vector<NpzArray> arrays = read_npz(std::string(path));
  const std::vector<Offered> there = offered(arrays);
  const std::string wrong = all_differences(*this, there, "file");
  if (!wrong.empty())
    throw FileError(path_in_quotes(path) + " does not hold the tensors of this store:" + wrong);
  for (const Offered& t : there) take(*this, t);
}

int Store::load_npz(std::string_view path, std::initializer_list<std::string_view> patterns) {
  const std::vector<NpzArray> arrays = read_npz(std::string(path));
  std::vector<Offered> taken;
  std::string wrong;
  std::vector<std::string> unused(patterns.begin(), patterns.end());
  const std::vector<std::string> all = unused;
  for (const Offered& t : offered(arrays)) {
    bool fits = false;
    for (const std::string& pattern : all)
      if (fnmatch(pattern.c_str(), std::string(t.name).c_str(), 0) == 0) {
        fits = true;
        std::erase(unused, pattern);
      }
    if (!fits) continue;
    if (contains(t.name))
      wrong += differences(*this, t, "file");
    else
      wrong += "\n  " + in_quotes(t.name) + " is unknown in the store";
    taken.push_back(t);
  }
  for (const std::string& pattern : unused)
    wrong += "\n  no tensor of the file fits " + in_quotes(pattern);
  if (!wrong.empty()) throw FileError(path_in_quotes(path) + " cannot be read in part:" + wrong);
  for (const Offered& t : taken) take(*this, t);
  return static_cast<int>(taken.size());
}

void Store::copy(const Store& from) {
  if (*this == from) return;
  std::vector<Offered> there;
  for (int i = 0; i < from.size(); ++i) {
    const std::string_view name = from.name(i);
    there.push_back({name, from.type(name), from.shape(name), memory_of(from, name)});
  }
  const std::string wrong = all_differences(*this, there, "other");
  if (!wrong.empty()) throw ValueError("copy: the stores have other tensors:" + wrong);
  for (const Offered& t : there) take(*this, t);
}

}  // namespace ansatz
