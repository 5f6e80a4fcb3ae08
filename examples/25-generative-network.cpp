// A generative stochastic network (Bengio et al. 2014) of digits and their labels: the label is
// found from the pixels, and pixels are drawn, a step of the chain after the other.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/autoencoder/gsn_cost.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/build.hpp>

#include <algorithm>
#include <cstdio>

using namespace ansatz;

static JointGSN network() {
  JointGSN gsn;
  gsn.autoencoders.push_back(Shared<Model>(Autoencoder(
      nvis(784), nhid(100), act_enc("tanh"), act_dec("sigmoid"), tied_weights(true), irange(.05))));
  gsn.autoencoders.push_back(Shared<Model>(Autoencoder(
      nvis(100), nhid(10), act_enc("softmax"), act_dec("tanh"), tied_weights(true), irange(.05))));
  SaltPepperCorruptor specks;
  specks.corruption_level = .3;
  GaussianCorruptor noise;
  noise.stdev = .5;
  // Of each layer, from the pixels up: before and after its activation.
  for (const LayerNoise& each : {LayerNoise(), LayerNoise(noise), LayerNoise()})
    gsn.preact_cors.push_back(each);
  for (const LayerNoise& each : {LayerNoise(specks), LayerNoise(), LayerNoise()})
    gsn.postact_cors.push_back(each);
  return gsn;
}

int main() {
  const JointGSN gsn = network();
  GSNCost cost;
  cost.mode = "supervised";
  cost.costs.push_back({0, 1, Shared<GSNFriendlyCost>(MeanBinaryCrossEntropy())});
  cost.costs.push_back({2, 8, Shared<GSNFriendlyCost>(MeanBinaryCrossEntropy())});
  const Trained r =
      run(Train(DrawnDigits(0, 2'000), gsn,
                SGD(learning_rate(.1), batch_size(50), Momentum(.5), cost, EpochCounter(8))));

  // Programs of a model of one's own choice: its label, and a step of the chain.
  Data data;
  data.add("features", gsn.input_space());
  const AnyExpr x = data["features"].value();
  Function label, step;
  label.add(output("class", argmax(gsn.output(data["features"]).value())));
  step.add(output("x", gsn.reconstruct(x)));
  Program<float> classify = build<float>(label), chain = build<float>(step);
  classify.bind(r.store);
  chain.bind(r.store);

  const Digits test = DigitStream().digits(60'000, 1'000);
  const auto found = classify({{"features", test.x()}})["class"];
  int right = 0;
  for (int i = 0; i < test.examples; ++i) right += found.labels()[i] == test.labels[std::size_t(i)];
  std::printf("labels that are found: %.1f %%\n", 100. * right / test.examples);

  // A digit, and where the chain is after a few steps.
  std::vector<float> image(test.image(0), test.image(0) + 784), shown = image;
  for (int k = 0; k < 2; ++k) {
    const auto next = chain({{"features", view(image.data(), {1, 784})}})["x"];
    image.assign(next.data(), next.data() + 784);
    shown.insert(shown.end(), image.begin(), image.end());
  }
  for (int row = 4; row < 26; row += 2, std::putchar('\n'))
    for (std::size_t k = 0; k < 3; ++k)
      for (int column = 0; column < 28; ++column) {
        const float* pixel = &shown[784 * k + std::size_t(28 * row + column)];
        std::putchar(" .:+#@"[int(5 * (pixel[0] + pixel[28]) / 2 + .5f)]);
      }
}
