#include "builtin.hpp"

#include <ansatz/training/cosine_decay.hpp>
#include <ansatz/training/epoch_schedules.hpp>
#include <ansatz/training/polyak_averaging.hpp>

namespace ansatz {

void add_extensions(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<MomentumAdjustor>("the momentum goes in a line to its last value, epoch by epoch");
  to.add<LinearDecayOverEpoch>("the learning rate falls in a line, epoch by epoch");
  to.add<OneOverEpoch>("the learning rate falls as 1 / epoch");
  to.add<CosineDecay>("the learning rate falls as a cosine, with warm-up and restarts");
  to.add<Warmup>("the learning rate rises in a line in the first epochs");
  to.add<PolyakAveraging>("the mean of the parameters from some epoch on");
  to.add<MonitorBasedLRAdjuster>("the learning rate follows a channel");
}

}  // namespace ansatz
