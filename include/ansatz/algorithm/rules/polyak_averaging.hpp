// PolyakAveraging: the mean of the parameters over the updates.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// From monitoring step `start` (0: the one before the first epoch) on, keeps the mean of each
/// parameter over all updates, as state `polyak.<parameter>` (Polyak, Juditsky 1992). Training
/// does not see it. With a save_path, a model with these means as parameters is saved there at
/// each later monitoring step whose number save_freq divides.
class PolyakAveraging : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.PolyakAveraging";
  static constexpr const char* doc = "the mean of the parameters from some epoch on";
  int first = 0;
  String save_path;
  int save_freq = 1;

  constexpr PolyakAveraging() {}
  template <KeyOf<PolyakAveraging>... O>
  constexpr explicit PolyakAveraging(int from, const O&... options) : first(from) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("start", &PolyakAveraging::first, "monitoring step from which on to average")
        .at_least(0);
    key("save_path", &PolyakAveraging::save_path, "file for the averaged model; default: none")
        .is_output();
    key("save_freq", &PolyakAveraging::save_freq, "monitoring steps from one saving to the next")
        .at_least(0)
        .only_with("save_path");
  }

  constexpr void states(const Model& model, StateList& list) const override {
    list.add_copies("polyak", model.parameters());
  }
  void check() const;
  void outputs(std::vector<OutputFile>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
