#include "builtin.hpp"

#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/algorithm/default.hpp>
#include <ansatz/algorithm/epoch_monitor.hpp>
#include <ansatz/algorithm/rules/adadelta.hpp>
#include <ansatz/algorithm/rules/adagrad.hpp>
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/algorithm/rules/rmsprop.hpp>
#include <ansatz/algorithm/schedules/decay.hpp>
#include <ansatz/algorithm/sgd.hpp>

namespace ansatz {

void add_training(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<SGD>("stochastic gradient descent");
  to.add<BGD>("batch gradient descent with line searches, conjugate gradients or L-BFGS");
  to.add<DefaultTrainingAlgorithm>("training by the model's own method, batch by batch");
  to.add<Momentum>("velocity: v <- m v - lr g; also Nesterov's");
  to.add<AdaGrad>("learning rates that fall with the squared gradients so far");
  to.add<AdaDelta>("learning rates from running averages of squared gradients and steps");
  to.add<RMSProp>("gradients divided by their root mean square");
  to.add<Adam>("adaptive estimates of the gradient's moments");
  to.add<AdamW>("Adam with weight decay apart from the gradient");
  to.add<ExponentialDecay>("the learning rate is divided by a factor after every update");
  to.add<LinearDecay>("the learning rate falls in a line, update by update");
  to.add<AnnealedLearningRate>("the learning rate falls as 1 / t from some update on");
  to.add<EpochMonitor>("records within an epoch");
}

}  // namespace ansatz
