// WMapeNumeratorChannel, WMapeDenominatorChannel: the weighted mean absolute percentage error.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The channel `<data set>_wmape_num`: sum_i |R_i - P_i| over the examples of the data set, R being
/// the targets and P the model's outputs. Divided by WMapeDenominatorChannel's it is the weighted
/// mean absolute percentage error. Pylearn2 averages the sums of the batches, and takes the first
/// output only; here all of them count.
class WMapeNumeratorChannel : public Extension {
 public:
  static constexpr const char* yaml =
      "pylearn2.train_extensions.wmape_channel.WMapeNumeratorChannel";
  static constexpr const char* doc = "sum of absolute errors, as a channel";
  static constexpr const char* also[] = {"pylearn2.train_extensions.WMapeNumeratorChannel"};
  String channel_name_suffix = "wmape_num";

  constexpr WMapeNumeratorChannel() {}
  constexpr explicit WMapeNumeratorChannel(const char* name) : channel_name_suffix(name) {}
  template <class K>
  static constexpr void keys(K& key) {
    key("channel_name_suffix", &WMapeNumeratorChannel::channel_name_suffix, "name of the channel");
  }
  constexpr void data_specs(const Model& model, Data& data) const override;
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override;
};

/// The channel `<data set>_wmape_den`: sum_i |R_i| over the examples of the data set.
class WMapeDenominatorChannel : public Extension {
 public:
  static constexpr const char* yaml =
      "pylearn2.train_extensions.wmape_channel.WMapeDenominatorChannel";
  static constexpr const char* doc = "sum of absolute targets, as a channel";
  static constexpr const char* also[] = {"pylearn2.train_extensions.WMapeDenominatorChannel"};
  String channel_name_suffix = "wmape_den";

  constexpr WMapeDenominatorChannel() {}
  constexpr explicit WMapeDenominatorChannel(const char* name) : channel_name_suffix(name) {}
  template <class K>
  static constexpr void keys(K& key) {
    key("channel_name_suffix", &WMapeDenominatorChannel::channel_name_suffix,
        "name of the channel");
  }
  constexpr void data_specs(const Model& model, Data& data) const override;
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override;
};

namespace wmape {

constexpr void read(const Model& model, Data& data) {
  data.add(model.input_source(), model.input_space());
  data.add(model.target_source(), model.target_space());
}
constexpr AnyExpr targets(const Model& model, const Data& data, const SpaceInfo& like) {
  return format_as(data[model.target_source()], like).value();
}

}  // namespace wmape

constexpr void WMapeNumeratorChannel::data_specs(const Model& model, Data& data) const {
  wmape::read(model, data);
}
constexpr void WMapeNumeratorChannel::channels(const Model& model, const Data& data,
                                               ChannelList& list) const {
  const Signal predicted = model.output(data[model.input_source()]);
  const AnyExpr wanted = wmape::targets(model, data, predicted.space);
  list.add_sum(channel_name_suffix, sum(abs(wanted - predicted.value())),
               "sum of the absolute errors");
}
constexpr void WMapeDenominatorChannel::data_specs(const Model& model, Data& data) const {
  wmape::read(model, data);
}
constexpr void WMapeDenominatorChannel::channels(const Model& model, const Data& data,
                                                 ChannelList& list) const {
  const Signal predicted = model.output(data[model.input_source()]);
  list.add_sum(channel_name_suffix, sum(abs(wmape::targets(model, data, predicted.space))),
               "sum of the absolute targets");
}

}  // namespace ansatz
