#include "model_test.hpp"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <ansatz/files/npz.hpp>

namespace model_test {

namespace {

struct Array {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  bool labels = false;
};
using File = std::map<std::string, Array>;

File read(const char* name) {
  File file;
  for (const NpzArray& a :
       read_npz(ANSATZ_TESTS_FOLDER "/reference/" + std::string(name) + ".npz")) {
    Array& to = file[a.name];
    to.shape = a.shape;
    to.labels = a.type == ElementType::int32;
    for (std::int64_t i = 0; i < a.size(); ++i)
      to.values.push_back(to.labels ? a.data<std::int32_t>()[i] : a.data<double>()[i]);
  }
  return file;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

Dims dims_of(const Array& a) {
  Dims d;
  for (std::int64_t n : a.shape) d.push_back(n);
  return d;
}

/// "velocity_W" is the state "W.velocity".
std::string state_name(const std::string& key, const File& file) {
  for (const auto& [name, array] : file) {
    if (!starts_with(name, "param/")) continue;
    const std::string end = "_" + name.substr(6);
    if (key.size() > end.size() && key.substr(key.size() - end.size()) == end)
      return name.substr(6) + "." + key.substr(0, key.size() - end.size());
  }
  return key;
}

template <class T>
void check_array(const std::string& what, const T* found, const Array& expected,
                 const Reference& reference) {
  const double tolerance = sizeof(T) == 4 ? reference.float_tolerance : 1e-11;
  double largest = 0, error = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    largest = std::max(largest, std::abs(expected.values[i]));
    const double e = std::abs(static_cast<double>(found[i]) - expected.values[i]);
    if (!(e <= error)) error = e;
  }
  INFO(what << ": error " << error << ", largest " << largest);
  CHECK(error <= tolerance * largest);
}

template <class T>
void compare(Program<T>& program, const Reference& reference, bool gradients) {
  const File file = read(reference.file);
  const ir::PlanView& plan = program.plan();
  Store store = program.store();
  std::map<std::string, std::vector<T>> numbers;
  std::map<std::string, std::vector<std::int32_t>> labels;
  std::vector<Argument> arguments;
  for (const ir::Leaf& leaf : plan.leaves) {
    const char* key = plan.text.data + leaf.name;
    if (leaf.where == ir::Where::scalar) {
      arguments.push_back({key, file.at(std::string("scalar/") + key).values.at(0)});
    } else if (leaf.where == ir::Where::stored) {
      const auto it = file.find(std::string("param/") + key);
      REQUIRE((it != file.end()) != leaf.state);
      if (leaf.state) continue;
      auto& v = numbers[key];
      v.assign(it->second.values.begin(), it->second.values.end());
      store.set(key, v.data(), dims_of(it->second));
    } else {
      const Array& a = file.at(key);
      auto& l = labels[key];
      auto& v = numbers[key];
      l.assign(a.values.begin(), a.values.end());
      v.assign(a.values.begin(), a.values.end());
      if (a.labels)
        arguments.push_back({key, view(l.data(), dims_of(a))});
      else
        arguments.push_back({key, view(v.data(), dims_of(a))});
    }
  }
  const int count = static_cast<int>(arguments.size());
  const int steps = static_cast<int>(file.at("scalar/steps").values.at(0));
  for (int k = 0; k < steps; ++k) {
    const Results<T> r = program.call(arguments.data(), count);
    const Array cost{{}, {file.at("costs").values.at(static_cast<std::size_t>(k))}, false};
    check_array("cost " + std::to_string(k), r["cost"].data(), cost, reference);
    if (k > 0) continue;
    for (const auto& [key, array] : file) {
      std::string result = key;
      if (starts_with(key, "out/")) result = key.substr(4);
      const bool gradient = starts_with(key, "grad/");
      if (result == key && !gradient && !starts_with(key, "hvp/")) continue;
      if (gradient && !gradients) continue;
      INFO(result);
      CHECK(r[result.c_str()].shape() == dims_of(array));
      check_array(key, r[result.c_str()].data(), array, reference);
    }
  }
  for (const auto& [key, array] : file) {
    if (starts_with(key, "after/"))
      check_array(key, store.data<T>(key.substr(6)), array, reference);
    if (starts_with(key, "state/"))
      check_array(key, store.data<T>(state_name(key.substr(6), file)), array, reference);
  }
}

}  // namespace

template <class T>
void compare_compiled(Program<T>& program, const Reference& reference) {
  INFO("compiled, " << (sizeof(T) == 4 ? "float" : "double"));
  CHECK(program.compiled_loops() == program.plan().loops.size);
  compare(program, reference, true);
}
template void compare_compiled(Program<float>&, const Reference&);
template void compare_compiled(Program<double>&, const Reference&);

void compare_built(const Function& f, const Reference& reference, bool gradients) {
  for (const bool compiled_loops : {false, true}) {
    CAPTURE(compiled_loops);
    auto in_float = build<float>(f, {.compiled_loops = compiled_loops});
    auto in_double = build<double>(f, {.compiled_loops = compiled_loops});
    CHECK((compiled_loops || in_double.compiled_loops() == 0));
    compare(in_float, reference, gradients);
    compare(in_double, reference, gradients);
  }
}

}  // namespace model_test
