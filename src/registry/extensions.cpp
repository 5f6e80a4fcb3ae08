#include "builtin.hpp"

#include <ansatz/algorithm/rules/polyak_averaging.hpp>
#include <ansatz/algorithm/schedules/cosine_decay.hpp>
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/algorithm/schedules/step_scale.hpp>
#include <ansatz/extension/channel_smoother.hpp>
#include <ansatz/extension/live_monitoring.hpp>
#include <ansatz/extension/roc_auc.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/extension/shared_setter.hpp>
#include <ansatz/extension/wmape.hpp>

namespace ansatz {

bool read_value(const Value& from, EpochUpdate& to) {
  const std::vector<Value> items = from.items();
  if (!from.is_list() || items.size() != 3) {
    from.refuse("[epoch, name of a number, value]");
    return false;
  }
  const bool epoch = read_value(items[0], to.epoch);
  const bool name = read_value(items[1], to.variable);
  return read_value(items[2], to.value) && epoch && name;
}

void add_extensions(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<MomentumAdjustor>("the momentum goes in a line to its last value, epoch by epoch");
  to.add<LinearDecayOverEpoch>("the learning rate falls in a line, epoch by epoch");
  to.add<OneOverEpoch>("the learning rate falls as 1 / epoch");
  to.add<CosineDecay>("the learning rate falls as a cosine, with warm-up and restarts");
  to.add<Warmup>("the learning rate rises in a line in the first epochs");
  to.add<PolyakAveraging>("the mean of the parameters from some epoch on");
  to.add<MonitorBasedLRAdjuster>("the learning rate follows a channel");
  to.add<ScaleStep>("BGD's steps shrink, epoch by epoch");
  to.add<StepShrinker>(
      "BGD's steps shrink when a channel does not fall; too small ones end the training");
  to.add<BacktrackingStepShrinker>("StepShrinker that also goes back to the parameters before");
  to.add<MonitorBasedSaveBest>("saves the model when a channel is the best so far");
  to.add<KeepBestParams>("keeps the parameters of the lowest cost on a data set");
  to.add<ChannelSmoother>("a channel that averages the last records of another");
  to.add<RocAucChannel>("areas under the receiver operating characteristic, as channels",
                        {"pylearn2.train_extensions.RocAucChannel"});
  to.add<WMapeNumeratorChannel>("sum of absolute errors, as a channel",
                                {"pylearn2.train_extensions.WMapeNumeratorChannel"});
  to.add<WMapeDenominatorChannel>("sum of absolute targets, as a channel",
                                  {"pylearn2.train_extensions.WMapeDenominatorChannel"});
  to.add<SharedSetter>("sets named numbers of the job at given epochs");
  to.add<LiveMonitoring>("serves the channels as JSON while the job runs");
}

}  // namespace ansatz
