// Newton's method without a Hessian (Martens 2010) trains a deep autoencoder of digits, seven
// layers at once, beside stochastic gradient descent of as many passes over the data.
#include <ansatz/algorithm/hessian_free.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/autoencoder/reconstruction.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/autoencoder/deep_autoencoder.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cstdio>

using namespace ansatz;

static DeepComposedAutoencoder deep() {
  const auto part = [](int in, int out, const char* up, const char* down, double deviation) {
    Autoencoder each;
    each.nvis = in, each.nhid = out;
    each.act_enc = up, each.act_dec = down;
    each.istdev = deviation;
    each.tied_weights = true;
    return Shared<Model>(each);
  };
  DeepComposedAutoencoder all;
  all.autoencoders.push_back(part(784, 60, "tanh", "sigmoid", .05));
  all.autoencoders.push_back(part(60, 20, "tanh", "tanh", .1));
  all.autoencoders.push_back(part(20, 6, "linear", "tanh", .2));
  return all;
}

int main() {
  const DrawnDigits data(0, 300);
  const auto nats = [](const Trained& r) { return r.records.at("objective").val_record; };
  const std::vector<double> newton = nats(
      run(Train(data, deep(),
                HessianFree(MeanBinaryCrossEntropy(), batch_size(300), curvature_batch_size(100),
                            max_cg_iters(30), monitoring_dataset(data), EpochCounter(9)))));
  // A step of Newton's method takes about thirty products, each about as dear as two passes.
  const std::vector<double> descent =
      nats(run(Train(data, deep(),
                     SGD(learning_rate(.02), batch_size(20), Momentum(.9), MeanBinaryCrossEntropy(),
                         monitoring_dataset(data), EpochCounter(180)))));
  std::printf("nats a digit      steps of HessianFree   epochs of SGD\n");
  for (std::size_t k = 0; k <= 9; k += 3)
    std::printf("%18zu: %12.0f %9zu: %9.0f\n", k, newton[k], 20 * k, descent[20 * k]);
}
