// An Archive over the values and random generators of a model file.
#pragma once

#include <ansatz/serial/saved_state.hpp>
#include <ansatz/session/archive.hpp>

namespace ansatz {

class StateArchive final : public Archive {
 public:
  /// Saves into, or restores from, `values` and `random`, which must outlive this.
  StateArchive(StateValues& values, RandomStates& random, bool saving)
      : values_(values), random_(random), saving_(saving) {}

  bool saving() const override { return saving_; }
  void operator()(std::string_view name, double& value) override;
  void operator()(std::string_view name, std::int64_t& value) override;
  void operator()(std::string_view name, bool& value) override;
  void operator()(std::string_view name, std::string& value) override;
  void operator()(std::string_view name, std::vector<double>& value) override;
  void operator()(std::string_view name, RandomState& value) override;
  void enter(std::string_view name) override;
  void leave() override;

 private:
  template <class T>
  void value_of(std::string_view name, T& value);
  std::string path(std::string_view name) const { return prefix_ + std::string(name); }

  StateValues& values_;
  RandomStates& random_;
  bool saving_;
  std::string prefix_;
  std::vector<std::size_t> lengths_;
};

}  // namespace ansatz
