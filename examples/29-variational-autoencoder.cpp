// A variational autoencoder (Kingma and Welling 2014): a bound of log p of the digits, the tighter
// one that importance sampling gives (Burda et al. 2016), and a digit of each code on a line.
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/vae/vae_criterion.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/build.hpp>

#include <cmath>
#include <cstdio>

using namespace ansatz;

// A distribution whose parameters a net of one hidden layer computes.
template <class Distribution>
static Distribution by_a_net(const char* name, const char* layer) {
  MLP<> net;
  net.layers.push_back(Shared<Layer>(RectifiedLinear(layer, 200, irange(.05))));
  Distribution d;
  d.name = name;
  d.hidden_layers = Shared<MLPBase>(net);
  return d;
}

int main() {
  const VAE vae(nvis(784), nhid(10), prior(DiagonalGaussianPrior()),
                conditional(by_a_net<BernoulliVector>("conditional", "h_d")),
                posterior(by_a_net<DiagonalGaussian>("posterior", "h_e")));
  const Trained r = run(
      Train(DrawnDigits(0, 4'000), vae,
            SGD(learning_rate(.002), batch_size(50), Adam(), VAECriterion(1), EpochCounter(10))));

  // What the model gives, as programs.
  Data data;
  data.add("features", vae.input_space());
  const Signal x = data["features"];
  const Conditional::Parameters code = vae.encode_phi(x);
  Function f;
  f.add(output("bound", mean(vae.log_likelihood_lower_bound(x, 1))));
  f.add(output("estimate", mean(vae.log_likelihood_approximation(x, 50))));
  f.add(output("code", code[0]));
  f.add(output("again", vae.means_from_theta(vae.decode_theta(code[0]))));
  Program<float> seen = build<float>(f);
  seen.bind(r.store);
  const Digits test = DigitStream().digits(60'000, 1'000);
  const auto found = seen({{"features", test.x()}});
  const double bound = found["bound"].scalar(), estimate = found["estimate"].scalar();
  std::printf("log p of a digit is at least %.0f nats: %s\n", -150., bound > -150 ? "yes" : "no");
  std::printf("with 50 draws the bound is closer by more than a nat: %s\n",
              estimate > bound + 1 ? "yes" : "no");

  // From the code of one digit to that of another.
  Data codes;
  codes.add("z", vae.latent_space());
  Function g;
  g.add(output("x", vae.means_from_theta(vae.decode_theta(codes["z"].value()))));
  Program<float> decode = build<float>(g);
  decode.bind(r.store);
  const float* z = found["code"].data();
  std::vector<float> between;
  for (const float part : {0.f, .5f, 1.f})
    for (int k = 0; k < 10; ++k) between.push_back((1 - part) * z[k] + part * z[10 + k]);
  const auto shown = decode({{"z", view(between.data(), {3, 10})}})["x"];
  for (int row = 4; row < 26; row += 2, std::putchar('\n'))
    for (int n = 0; n < 3; ++n)
      for (int column = 0; column < 28; ++column) {
        const float* pixel = shown.data() + 784 * n + 28 * row + column;
        std::putchar(" .:+#@"[int(5 * (pixel[0] + pixel[28]) / 2 + .5f)]);
      }
}
