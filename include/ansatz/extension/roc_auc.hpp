// RocAucChannel: the area under the curve of true against false positives.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

#include <optional>
#include <span>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The probability that a positive example has a higher score than a negative one, equal scores
/// counting half (Fawcett 2006, section 7). `positive[i]` is not 0 for a positive example.
/// ValueError unless there are examples of both kinds, and for scores that are not numbers.
double roc_auc(std::span<const double> scores, std::span<const unsigned char> positive);

/// Adds a channel `<data set>_<suffix>` for each monitored data set: the area under the curve of
/// the model's output for positive_class_index, against all other classes or against
/// negative_class_index alone. Targets are labels, or one-hot rows; of a model of several targets,
/// those of target_source, against the output that is compared with them.
///
/// It is that of the whole data set, where Pylearn2 averages those of the batches.
class RocAucChannel : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.roc_auc.RocAucChannel";
  static constexpr const char* doc =
      "areas under the receiver operating characteristic, as channels";
  static constexpr const char* also[] = {"pylearn2.train_extensions.RocAucChannel"};
  String channel_name_suffix = "roc_auc";
  int positive_class_index = 1;
  std::optional<int> negative_class_index;
  String target_source;

  constexpr RocAucChannel() {}
  template <KeyOf<RocAucChannel>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit RocAucChannel(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using This = RocAucChannel;
    key("channel_name_suffix", &This::channel_name_suffix, "what the channels are called");
    key("positive_class_index", &This::positive_class_index, "class whose output is the score");
    key("negative_class_index", &This::negative_class_index, "compare with this class only");
    key("target_source", &This::target_source, "which target, of a model of several");
  }

  constexpr bool measures_data() const override { return true; }
  void check() const;
  void check_job(const JobFacts& facts) const override;
  void published(const Train& job, std::vector<std::string>& names) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
