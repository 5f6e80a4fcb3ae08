// Gated autoencoders against plain loops.
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/autoencoder/symmetric.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/registry/job.hpp>

#include "probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

FactoredGatedAutoencoder small_gated() {
  return FactoredGatedAutoencoder(nfac(3), nmap(2), nvisx(5), nvisy(4), act_enc("sigmoid"),
                                  act_dec("tanh"), irange(.4));
}
Vector product(const Vector& a, const Vector& b) {
  Vector c(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) c[i] = a[i] * b[i];
  return c;
}

}  // namespace

TEST_CASE("gated autoencoder: code, reconstructions and costs are those of plain loops",
          "[model][autoencoder]") {
  const FactoredGatedAutoencoder model = small_gated();
  const Data data = inputs_of(model);
  Function f;
  f.add(output("code", model.upward_pass(data[model.input_source()]).value()));
  const Signal made = model.output(data[model.input_source()]);
  f.add(output("x", made.values[0]));
  f.add(output("y", made.values[1]));
  f.add(output("cost", *SymmetricMSRE().expr(model, data)));
  f.add(output("part", *NormalizedSymmetricMSRE().expr(model, data)));
  Probe probe(model, data, f);
  probe.randomize(.8, 4);
  const Minibatch rows = random_batch(data, 6, 2);
  Computed c = probe(rows);
  const Vector& x = rows.numbers.at("featuresX");
  const Vector& y = rows.numbers.at("featuresY");
  const Vector fx = affine(x, probe.get("wxf"), {}, 5), fy = affine(y, probe.get("wyf"), {}, 4);
  Vector h = affine(product(fx, fy), transposed(probe.get("whf_in"), 3), probe.get("mb"), 3);
  for (double& v : h) v = 1 / (1 + std::exp(-v));
  const Vector fh = affine(h, probe.get("whf"), {}, 2);
  Vector rx = affine(product(fy, fh), transposed(probe.get("wxf"), 3), probe.get("vbX"), 3);
  Vector ry = affine(product(fx, fh), transposed(probe.get("wyf"), 3), probe.get("vbY"), 3);
  for (double& v : rx) v = std::tanh(v);
  for (double& v : ry) v = std::tanh(v);
  CHECK(difference(c["code"], h) < 1e-12);
  CHECK(difference(c["x"], rx) < 1e-12);
  CHECK(difference(c["y"], ry) < 1e-12);
  double cost = 0, nothing = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    cost += (x[i] - rx[i]) * (x[i] - rx[i]) / 12;
    nothing += x[i] * x[i] / 12;
  }
  for (std::size_t i = 0; i < y.size(); ++i) {
    cost += (y[i] - ry[i]) * (y[i] - ry[i]) / 12;
    nothing += y[i] * y[i] / 12;
  }
  CHECK(c["cost"][0] == Approx(cost).epsilon(1e-12));
  CHECK(c["part"][0] == Approx(cost / nothing).epsilon(1e-12));
  CHECK(gradient_error(model, SymmetricMSRE(), rows) < 1e-7);

  DenoisingFactoredGatedAutoencoder noisy(corruptor(GaussianCorruptor(.3)), nfac(3), nmap(2),
                                          nvisx(5), nvisy(4), act_enc("sigmoid"), irange(.4));
  CHECK(gradient_error(noisy, SymmetricMSRE(), rows) < 1e-7);
  // Nothing is left of the inputs: the biases are made.
  noisy.corruptor = Shared<Corruptor>(BinomialCorruptor(1));
  Function of_noise;
  of_noise.add(output("cost", *SymmetricMSRE().expr(noisy, data)));
  CHECK(Probe(noisy, data, of_noise)(rows)["cost"][0] == Approx(nothing).epsilon(1e-12));
}

TEST_CASE("gated autoencoder: filters have mean 0 and one deviation after an update",
          "[model][autoencoder]") {
  const FactoredGatedAutoencoder model = small_gated();
  UpdateList updates;
  for (const ModelParameter& p : model.parameters()) updates.add(p.name, p.value, p.value);
  model.modify_updates(updates);
  Function f;
  f.add(output("wxf", *updates.find("wxf")));
  f.add(output("whf", *updates.find("whf")));
  for (const ModelParameter& p : model.parameters())
    f.add(output(("own." + p.name).c_str(), p.value));
  Probe probe(model, inputs_of(model), f);
  probe.randomize(.8, 4);
  const Vector before = probe.get("wxf");
  Computed c = probe(random_batch(inputs_of(model), 1, 1));
  CHECK(c["whf"] == probe.get("whf"));
  Vector means(3), deviations(3);
  double common = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t i = 0; i < 5; ++i) means[j] += before[3 * i + j] / 5;
    double squares = 0;
    for (std::size_t i = 0; i < 5; ++i)
      squares += (before[3 * i + j] - means[j]) * (before[3 * i + j] - means[j]);
    deviations[j] = std::sqrt(squares / 5) + 1e-6;
    common += deviations[j] / 3;
  }
  Vector expected(15);
  for (std::size_t i = 0; i < 15; ++i)
    expected[i] = (before[i] - means[i % 3]) * common / deviations[i % 3];
  CHECK(difference(c["wxf"], expected) < 1e-12);
}

TEST_CASE("gated autoencoder: first values and YAML", "[model][autoencoder]") {
  const Values first(small_gated());
  RandomState random(9001);
  random.randint(1 << 30);
  for (const char* name : {"wxf", "wyf", "whf", "whf_in"}) {
    Vector w(first.of.at(name).size());
    random.randn(w);
    for (double& v : w) v *= .4;
    CHECK(difference(first.of.at(name), w) == 0);
  }
  const auto made = [](const std::string& text) {
    return load_object("g.yaml", "!obj:pylearn2.models.gated_autoencoder." + text);
  };
  const std::string image = "!obj:pylearn2.space.Conv2DSpace { shape: [2, 3], num_channels: 1 }";
  const Shared<Object> images = made(
      "FactoredGatedAutoencoder { nfac: 3, nmap: 2, act_enc: sigmoid, act_dec: null, irange: .01, "
      "rng: 4, input_source: [left, right], input_space: !obj:pylearn2.space.CompositeSpace { "
      "components: [ " +
      image + ", " + image + " ] } }");
  const auto& model = dynamic_cast<const Model&>(*images);
  std::vector<std::string> names;
  for (const ModelParameter& p : model.parameters()) names.emplace_back(p.name.view());
  CHECK(names == std::vector<std::string>{"wxf", "wyf", "whf_in", "whf", "mb", "vbX", "vbY"});
  CHECK(gradient_error(model, SymmetricMSRE(), random_batch(inputs_of(model), 4, 3)) < 1e-7);
  ir::List<Data::Entry> parts =
      named_parts(model.output(inputs_of(model)[model.input_source()]), model.target_source());
  REQUIRE(parts.size() == 2);
  CHECK(parts[1].source == "right");
  CHECK(parts[1].signal.space.kind == SpaceKind::conv2d);
  (void)made(
      "DenoisingFactoredGatedAutoencoder { nfac: 3, nmap: 2, nvisx: 4, nvisy: 5, corruptor: "
      "!obj:pylearn2.corruption.GaussianCorruptor { stdev: .1 } }");
  const auto error_of = [&](const std::string& bad) {
    return message_of(
        [&] { (void)made("FactoredGatedAutoencoder { nfac: 3, nmap: 2" + bad + " }"); });
  };
  CHECK_THAT(error_of(""), Contains("nvisx and nvisy, or an input_space"));
  CHECK_THAT(error_of(", nvisx: 3"), Contains("nvisy") && Contains("both"));
  CHECK_THAT(error_of(", nvisx: 3, nvisy: 3, input_source: [a, b, c]"), Contains("two sources"));
  CHECK_THAT(error_of(", input_space: " + image), Contains("CompositeSpace of two"));
  for (const char* cost : {"SymmetricMSRE", "NormalizedSymmetricMSRE"})
    CHECK(dynamic_cast<const Cost*>(
        load_object("c.yaml", "!obj:pylearn2.costs.gated_autoencoder." + std::string(cost) + " {}")
            .get()));
  const Data other = inputs_of(small_gated());
  CHECK_THAT(
      message_of([&] { (void)SymmetricMSRE().expr(*stack(6, {Tanh("h", 3, irange(.1))}), other); }),
      Contains("model of pairs"));
}
