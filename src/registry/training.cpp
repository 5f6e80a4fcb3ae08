#include "builtin.hpp"

#include <ansatz/training/adadelta.hpp>
#include <ansatz/training/adagrad.hpp>
#include <ansatz/training/adam.hpp>
#include <ansatz/training/bgd.hpp>
#include <ansatz/training/decay.hpp>
#include <ansatz/training/default.hpp>
#include <ansatz/training/epoch_monitor.hpp>
#include <ansatz/training/momentum.hpp>
#include <ansatz/training/rmsprop.hpp>
#include <ansatz/training/sgd.hpp>

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
