// A gated autoencoder (Memisevic 2011) of pairs of images learns what is between them, here shifts,
// not what is on them: the shift of one pair is applied to an image that it never saw.
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/autoencoder/symmetric.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/model/autoencoder/gated_autoencoder.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/build.hpp>

#include <cstdio>
#include <vector>

using namespace ansatz;

constexpr int dots = 16;  // in a ring

struct Pairs {
  std::vector<double> x, y;
  std::vector<int> shift;
};
static Pairs pairs(int count, int seed) {
  RandomState random(seed);
  Pairs p;
  for (int n = 0; n < count; ++n) {
    const int by = static_cast<int>(random.randint(5)) - 2;
    p.shift.push_back(by);
    for (int i = 0; i < dots; ++i) p.x.push_back(random.random_sample() < .3);
    for (int i = 0; i < dots; ++i)
      p.y.push_back(p.x[std::size_t(n * dots + (i - by + dots) % dots)]);
  }
  return p;
}

int main() {
  const Pairs train = pairs(5'000, 1), test = pairs(500, 2), other = pairs(500, 3);
  std::vector<Column> columns{number_column("featuresX", train.x, {dots}),
                              number_column("featuresY", train.y, {dots})};
  const SourceDataset data(std::make_shared<const Table>(std::move(columns)));
  const FactoredGatedAutoencoder model(nfac(60), nmap(20), nvisx(dots), nvisy(dots),
                                       act_enc("sigmoid"), act_dec("sigmoid"), irange(.1));
  const Trained r = run(
      Train(data, model,
            SGD(learning_rate(.005), batch_size(50), Adam(), SymmetricMSRE(), EpochCounter(60))));

  // The code of a pair, and what it makes of another x.
  Data read;
  read.add(model.input_source(), model.input_space());
  read.add("other", vector_space(dots));
  const Signal pair = read[model.input_source()];
  const AnyExpr code = model.encode({pair.values[0], pair.values[1]});
  const AnyExpr x = read["other"].value();
  Function f;
  f.add(output("y", model.decode({x, x}, code).y));
  Program<float> transfer = build<float>(f);
  transfer.bind(r.store);
  const auto floats = [](const std::vector<double>& v) {
    return std::vector<float>(v.begin(), v.end());
  };
  const std::vector<float> a = floats(test.x), b = floats(test.y), c = floats(other.x);
  const auto found = transfer({{"featuresX", view(a.data(), {500, dots})},
                               {"featuresY", view(b.data(), {500, dots})},
                               {"other", view(c.data(), {500, dots})}})["y"];
  int right = 0;
  for (int n = 0; n < 500; ++n)
    for (int i = 0; i < dots; ++i) {
      const bool wanted =
          other.x[std::size_t(n * dots + (i - test.shift[std::size_t(n)] + dots) % dots)] > .5;
      right += (found.data()[n * dots + i] > .5f) == wanted;
    }
  const double share = 1. * right / (500 * dots);
  std::printf("dots of other images are put where the pair says: more than 95 %%: %s\n",
              share > .95 ? "yes" : "no");
}
