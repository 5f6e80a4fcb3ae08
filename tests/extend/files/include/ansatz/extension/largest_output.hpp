// LargestOutput: how far the outputs of the model go.
#pragma once

#include <ansatz/job/extension.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/reduce/max.hpp>

namespace ansatz {

/// The channel `<data set>_largest_output`: the mean over batches of the largest absolute output.
class LargestOutput : public Extension {
 public:
  static constexpr const char* yaml = "ansatz.train_extensions.LargestOutput";
  static constexpr const char* doc = "the largest absolute output, as a channel";
  static constexpr const char* also[] = {"ansatz.train_extensions.MaxOutput"};
  String output_channel = "largest_output";

  template <class K>
  static constexpr void keys(K& key) {
    key("output_channel", &LargestOutput::output_channel, "name of the channel");
  }
  constexpr void data_specs(const Model& model, Data& data) const override {
    data.add(model.input_source(), model.input_space());
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    list.add(output_channel, max(abs(model.output(data[model.input_source()]).value())),
             "the largest absolute output");
  }
};

}  // namespace ansatz
