#include <ansatz/session/kept_parameters.hpp>

#include <ansatz/session/session.hpp>

#include <algorithm>

namespace ansatz {

namespace {

// Calls f(parameter, copy, count) with both tensors as float* or double*.
template <class F>
void for_each_pair(Session& session, const std::string& prefix, F f) {
  const Store& store = session.store();
  for (const ModelParameter& p : session.parameters()) {
    const std::string_view name = p.name;
    const std::string copy = prefix + "." + std::string(name);
    const std::int64_t count = store.shape(name).count();
    if (session.precision() == ElementType::float64)
      f(store.data<double>(name), store.data<double>(copy), count);
    else
      f(store.data<float>(name), store.data<float>(copy), count);
  }
}

}  // namespace

KeptParameters::KeptParameters(Session& session, std::string prefix)
    : session_(session), prefix_(std::move(prefix)) {}

std::string KeptParameters::name(std::string_view parameter) const {
  return prefix_ + "." + std::string(parameter);
}

void KeptParameters::take() {
  for_each_pair(session_, prefix_,
                [](const auto* p, auto* copy, std::int64_t n) { std::copy(p, p + n, copy); });
}

void KeptParameters::give_back() {
  for_each_pair(session_, prefix_,
                [](auto* p, const auto* copy, std::int64_t n) { std::copy(copy, copy + n, p); });
}

void KeptParameters::average(double t) {
  for_each_pair(session_, prefix_, [t]<class T>(const T* p, T* mean, std::int64_t n) {
    const T count = static_cast<T>(t);
    for (std::int64_t i = 0; i < n; ++i) mean[i] -= (mean[i] - p[i]) / count;
  });
}

ModelFile KeptParameters::model_file() const {
  ModelFile file = session_.model_file();
  for (NamedTensor& parameter : file.parameters)
    for (const NamedTensor& kept : file.state)
      if (kept.name == name(parameter.name)) parameter.bytes = kept.bytes;
  return file;
}

}  // namespace ansatz
