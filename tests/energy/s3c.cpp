// Spike-and-slab sparse coding: bounds against sums over spikes, updates against loops.
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/coding/s3c.hpp>
#include <ansatz/registry/job.hpp>

#include "../model/probe.hpp"
#include "enumerate.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

S3C small_s3c(int visible, int hidden_units, std::initializer_list<double> schedule) {
  S3C s3c;
  s3c.nvis = visible;
  s3c.nhid = hidden_units;
  s3c.irange = .5;
  s3c.min_B = s3c.min_alpha = 1e-3;
  s3c.max_B = s3c.max_alpha = 1e3;
  s3c.e_step = Shared<E_Step>(E_Step(schedule));
  s3c.m_step = Shared<Grad_M_Step>(Grad_M_Step(.1));
  s3c.check();
  return s3c;
}
// All parameters away from where they begin, precisions above 0.
void scatter(Probe& probe) {
  unsigned seed = 3;
  for (const char* name : {"W", "bias_hid", "alpha", "mu", "B"}) {
    Vector x = random_numbers(static_cast<int>(probe.get(name).size()), seed++);
    const bool precision = name == std::string("alpha") || name == std::string("B");
    for (double& each : x) each = precision ? 1.5 + each : 1.2 * each;
    probe.set(name, x);
  }
}
// Q as further inputs, each of its numbers for each example.
Data with_posterior(const S3C& s3c) {
  Data data;
  data.add("features", s3c.input_space());
  for (const char* name : {"h", "s", "var_s1", "var_s0"}) data.add(name, s3c.hidden_space());
  return data;
}
S3CPosterior posterior_of(const Data& data) {
  return {data["h"].value(), data["s"].value(), data["var_s1"].value(), data["var_s0"].value()};
}
Minibatch some_rows(const S3C& s3c, int rows) {
  Minibatch batch;
  batch.examples = rows;
  const int n = s3c.nhid;
  batch.numbers["features"] = random_numbers(rows * s3c.nvis, 7);
  batch.numbers["s"] = random_numbers(rows * n, 8);
  for (const char* name : {"h", "var_s1", "var_s0"}) {
    Vector x = random_numbers(rows * n, static_cast<unsigned>(name[0]) + 2);
    for (double& each : x) each = .5 + .45 * each;
    batch.numbers[name] = x;
  }
  return batch;
}
Vector row(const Vector& x, int i, int width) {
  return {x.begin() + i * width, x.begin() + (i + 1) * width};
}

// E(v, h, s) as written in the paper, without what does not depend on any of them.
struct PlainS3C {
  int V, H;
  Vector W, b, alpha, mu, B;

  PlainS3C(const S3C& s3c, const Probe& probe)
      : V(s3c.nvis),
        H(s3c.nhid),
        W(probe.get("W")),
        b(probe.get("bias_hid")),
        alpha(probe.get("alpha")),
        mu(probe.get("mu")),
        B(probe.get("B")) {
    B.resize(static_cast<std::size_t>(V), B[0]);
  }
  double w(int d, int i) const { return W[static_cast<std::size_t>(d * H + i)]; }
  template <class X>
  static double at(const X& x, int i) {
    return x[static_cast<std::size_t>(i)];
  }
  double energy(const Vector& v, const Vector& h, const Vector& s) const {
    double total = 0;
    for (int i = 0; i < H; ++i) {
      const double off = at(s, i) - at(mu, i) * at(h, i);
      total += -at(b, i) * at(h, i) + .5 * at(alpha, i) * off * off;
    }
    for (int d = 0; d < V; ++d) {
      double r = at(v, d);
      for (int i = 0; i < H; ++i) r -= w(d, i) * at(h, i) * at(s, i);
      total += .5 * at(B, d) * r * r;
    }
    return total;
  }
  // log p(v): of each h, v is normal with mean W (h mu) and covariance 1 / B + W (h / alpha) W'.
  double log_prob(const Vector& v) const {
    Vector terms;
    for (int text = 0; text < 1 << H; ++text) {
      double log_p = 0;
      Vector r = v, C(static_cast<std::size_t>(V * V));
      for (int d = 0; d < V; ++d) C[static_cast<std::size_t>(d * V + d)] = 1 / at(B, d);
      for (int i = 0; i < H; ++i) {
        const bool on = text >> i & 1;
        log_p -= std::log1p(std::exp(on ? -at(b, i) : at(b, i)));
        for (int d = 0; on && d < V; ++d) {
          r[static_cast<std::size_t>(d)] -= w(d, i) * at(mu, i);
          for (int e = 0; e < V; ++e)
            C[static_cast<std::size_t>(d * V + e)] += w(d, i) * w(e, i) / at(alpha, i);
        }
      }
      // Elimination gives the determinant and r' C^-1 r.
      for (int d = 0; d < V; ++d) {
        const double pivot = C[static_cast<std::size_t>(d * V + d)], x = at(r, d);
        log_p -= .5 * (std::log(2 * std::acos(-1.) * pivot) + x * x / pivot);
        for (int e = d + 1; e < V; ++e) {
          const double part = C[static_cast<std::size_t>(e * V + d)] / pivot;
          r[static_cast<std::size_t>(e)] -= part * x;
          for (int f = d; f < V; ++f)
            C[static_cast<std::size_t>(e * V + f)] -= part * C[static_cast<std::size_t>(d * V + f)];
        }
      }
      terms.push_back(-log_p);
    }
    return log_sum_exp_of_minus(terms);
  }
};

}  // namespace

TEST_CASE("S3C: expectations of Q are sums over spikes and slabs", "[energy][s3c]") {
  S3C s3c = small_s3c(3, 2, {1.});
  s3c.tied_B = GENERATE(false, true);
  const Data data = with_posterior(s3c);
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("E", s3c.energy(v, data["h"].value(), data["s"].value())));
  f.add(output("expected", s3c.expected_energy(v, posterior_of(data))));
  f.add(output("log", s3c.expected_log_prob_vhs(v, posterior_of(data))));
  f.add(output("entropy", s3c.entropy(posterior_of(data))));
  f.add(output("functional", s3c.energy_functional(v, posterior_of(data))));
  f.add(output("KL", s3c.truncated_KL(v, posterior_of(data))));
  Probe probe(s3c, data, f);
  scatter(probe);
  const PlainS3C plain(s3c, probe);
  const Minibatch batch = some_rows(s3c, 4);
  Computed c = probe(batch);
  for (int n = 0; n < 4; ++n) {
    const auto of = [&](const char* name) {
      return row(batch.numbers.at(name), n, name[0] == 'f' ? 3 : 2);
    };
    const Vector x = of("features"), h = of("h"), s = of("s"), one = of("var_s1"),
                 zero = of("var_s0");
    double expected = 0, entropy = 0;
    // Slabs a standard deviation to either side of their means have a quadratic's expectation.
    for (int text = 0; text < 16; ++text) {
      Vector bits(2), slabs(2);
      double q = .25;
      for (int i = 0; i < 2; ++i) {
        const auto k = static_cast<std::size_t>(i);
        bits[k] = text >> i & 1;
        const double side = text >> (i + 2) & 1 ? 1 : -1;
        slabs[k] = bits[k] * s[k] + side * std::sqrt(bits[k] ? one[k] : zero[k]);
        q *= bits[k] ? h[k] : 1 - h[k];
      }
      expected += q * plain.energy(x, bits, slabs);
    }
    for (std::size_t k = 0; k < 2; ++k)
      entropy += -h[k] * std::log(h[k]) - (1 - h[k]) * std::log(1 - h[k]) +
                 .5 * (1 + std::log(2 * std::acos(-1.))) + .5 * h[k] * std::log(one[k]) +
                 .5 * (1 - h[k]) * std::log(zero[k]);
    const auto k = static_cast<std::size_t>(n);
    CHECK(c["expected"][k] == Approx(expected));
    CHECK(c["entropy"][k] == Approx(entropy));
    CHECK(c["KL"][k] == Approx(expected - entropy));
    CHECK(c["functional"][k] == Approx(c["log"][k] + entropy));
    CHECK(c["functional"][k] < plain.log_prob(x));
  }
  // The energy itself, of bits.
  Minibatch bits = batch;
  for (double& each : bits.numbers["h"]) each = each > .5;
  c = probe(bits);
  for (int n = 0; n < 4; ++n)
    CHECK(c["E"][static_cast<std::size_t>(n)] ==
          Approx(plain.energy(row(bits.numbers["features"], n, 3), row(bits.numbers["h"], n, 2),
                              row(bits.numbers["s"], n, 2))));
}

TEST_CASE("S3C: of one unit the bound is log p(v) after one step", "[energy][s3c]") {
  const S3C s3c = small_s3c(3, 1, {1.});
  Data data;
  data.add("features", s3c.input_space());
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("bound", s3c.energy_functional(v, s3c.infer(v))));
  f.add(output("before", s3c.energy_functional(v, s3c.prior_of(v))));
  Probe probe(s3c, data, f);
  scatter(probe);
  Minibatch batch;
  batch.examples = 4;
  batch.numbers["features"] = random_numbers(12, 5);
  Computed c = probe(batch);
  const PlainS3C plain(s3c, probe);
  for (int n = 0; n < 4; ++n) {
    const double exact = plain.log_prob(row(batch.numbers["features"], n, 3));
    CHECK(c["bound"][static_cast<std::size_t>(n)] == Approx(exact));
    CHECK(c["before"][static_cast<std::size_t>(n)] < exact);
  }
}

TEST_CASE("S3C: a new slab or spike is where the divergence is least", "[energy][s3c]") {
  const S3C s3c = small_s3c(4, 3, {1.});
  const Data data = with_posterior(s3c);
  const AnyExpr v = data["features"].value(), h = data["h"].value(), s = data["s"].value();
  S3CPosterior q = s3c.prior_of(v);
  q.h_hat = h, q.s_hat = s;
  const AnyExpr divergence = s3c.truncated_KL(v, q);
  Function f;
  f.add(output("s", s3c.infer_s_hat(v, h, s)));
  f.add(output("h", sigmoid(s3c.infer_h_hat_presigmoid(v, h, s))));
  f.add(output("KL", divergence));
  f.add(output("ds", grad(sum(divergence), s)));
  f.add(output("dh", grad(sum(divergence), h)));
  Probe probe(s3c, data, f);
  scatter(probe);
  for (const std::string which : {"s", "h"}) {
    Minibatch batch = some_rows(s3c, 5);
    for (std::size_t i = 0; i < 3; ++i) {
      Computed before = probe(batch);
      for (std::size_t n = 0; n < 5; ++n)
        batch.numbers[which][3 * n + i] = before[which][3 * n + i];
      Computed after = probe(batch);
      for (std::size_t n = 0; n < 5; ++n) {
        CHECK(after["KL"][n] < before["KL"][n]);
        CHECK(std::abs(after["d" + which][3 * n + i]) < 1e-10);
      }
    }
  }
}

TEST_CASE("S3C: inference is damped steps of all units at once", "[energy][s3c]") {
  S3C s3c = small_s3c(4, 3, {.3, .5, 1.});
  E_Step how({.3, .5, 1.});
  how.clip_reflections = GENERATE(false, true);
  how.rho = .1;
  how.s_new_coeff_schedule.push_back(.6);
  how.s_new_coeff_schedule.push_back(1);
  how.s_new_coeff_schedule.push_back(.8);
  how.check();
  s3c.e_step = Shared<E_Step>(how);
  Data data;
  data.add("features", s3c.input_space());
  const S3CPosterior q = s3c.infer(data["features"].value());
  Function f;
  f.add(output("h", q.h_hat));
  f.add(output("s", q.s_hat));
  Probe probe(s3c, data, f);
  scatter(probe);
  Minibatch batch;
  batch.examples = 6;
  batch.numbers["features"] = random_numbers(24, 5);
  for (double& each : batch.numbers["features"]) each *= 3;
  Computed c = probe(batch);
  const PlainS3C p(s3c, probe);
  int clipped = 0;
  for (int n = 0; n < 6; ++n) {
    const Vector v = row(batch.numbers["features"], n, 4);
    Vector h(3), s = p.mu;
    for (std::size_t i = 0; i < 3; ++i) h[i] = 1 / (1 + std::exp(-p.b[i]));
    for (int step = 0; step < 3; ++step) {
      // What unit i is told by v less what the others make of it.
      const auto told = [&](int i, double& own) {
        double sum = 0;
        own = 0;
        for (int d = 0; d < 4; ++d) {
          double r = PlainS3C::at(v, d);
          for (int k = 0; k < 3; ++k)
            if (k != i) r -= p.w(d, k) * PlainS3C::at(h, k) * PlainS3C::at(s, k);
          sum += r * PlainS3C::at(p.B, d) * p.w(d, i);
          own += PlainS3C::at(p.B, d) * p.w(d, i) * p.w(d, i);
        }
        return sum;
      };
      Vector next = s;
      for (int i = 0; i < 3; ++i) {
        const auto k = static_cast<std::size_t>(i);
        double own = 0, x = p.mu[k] * p.alpha[k] + told(i, own);
        x /= p.alpha[k] + own;
        if (how.clip_reflections && x * s[k] < 0 && std::abs(x) > .1 * std::abs(s[k]))
          x = -.1 * s[k], ++clipped;
        const double part = how.s_new_coeff(step);
        next[k] = part * x + (1 - part) * s[k];
      }
      s = next;
      next = h;
      for (int i = 0; i < 3; ++i) {
        const auto k = static_cast<std::size_t>(i);
        double own = 0, odds = told(i, own) * s[k];
        odds += -.5 * own * s[k] * s[k] - .5 * p.alpha[k] * (s[k] - p.mu[k]) * (s[k] - p.mu[k]) +
                p.b[k] + .5 * std::log(p.alpha[k] / (p.alpha[k] + own));
        const double part = how.h_new_coeff_schedule[step];
        next[k] = part / (1 + std::exp(-odds)) + (1 - part) * h[k];
      }
      h = next;
    }
    CHECK(difference(row(c["h"], n, 3), h) < 1e-12);
    CHECK(difference(row(c["s"], n, 3), s) < 1e-12);
  }
  CHECK((clipped > 3) == how.clip_reflections);
}

TEST_CASE("S3C: gradients are those of the bound, Q being held", "[energy][s3c]") {
  S3C s3c = small_s3c(4, 3, {.5, 1.});
  s3c.tied_B = GENERATE(false, true);
  Grad_M_Step m(.1);
  m.p_penalty = .3, m.B_penalty = .2, m.alpha_penalty = .1;
  s3c.m_step = Shared<Grad_M_Step>(m);
  const Default cost;
  Function f = everything(s3c, cost);
  const Data read = data_of(s3c, cost);
  const S3CPosterior found = s3c.infer(read["features"].value());
  const AnyExpr rows = 0 * found.h_hat;
  f.add(output("h", found.h_hat));
  f.add(output("s", found.s_hat));
  f.add(output("var_s1", rows + found.var_s1));
  f.add(output("var_s0", rows + found.var_s0));
  Probe probe(s3c, read, f);
  scatter(probe);
  Minibatch batch;
  batch.examples = 5;
  batch.numbers["features"] = random_numbers(20, 5);
  Computed c = probe(batch);
  for (const char* name : {"h", "s", "var_s1", "var_s0"}) batch.numbers[name] = c[name];

  const Data data = with_posterior(s3c);
  Function value;
  value.add(
      output("cost", -mean(s3c.energy_functional(data["features"].value(), posterior_of(data))) +
                         .3 * mean(s3c.p()) + .2 * mean(s3c.B()) + .1 * mean(s3c.alpha())));
  Probe held(s3c, data, value);
  scatter(held);
  CHECK(held(batch)["cost"][0] == Approx(c["cost"][0]));
  for (const char* name : {"W", "bias_hid", "alpha", "mu", "B"}) {
    CAPTURE(name);
    const Vector at = held.get(name), slopes = c[std::string("grad.") + name];
    for (std::size_t i = 0; i < at.size(); ++i) {
      Vector moved = at;
      moved[i] += 1e-5;
      held.set(name, moved);
      const double above = held(batch)["cost"][0];
      moved[i] -= 2e-5;
      held.set(name, moved);
      CHECK((above - held(batch)["cost"][0]) / 2e-5 == Approx(slopes[i]).margin(1e-8));
    }
    held.set(name, at);
  }
}

TEST_CASE("S3C: updates keep to limits, and columns turn along great circles", "[energy][s3c]") {
  S3C s3c = small_s3c(3, 2, {1.});
  s3c.constrain_W_norm = true;
  s3c.min_mu = -1, s3c.max_mu = .5, s3c.min_bias_hid = -2, s3c.max_bias_hid = 0;
  s3c.check();
  UpdateList updates;
  Function f;
  for (const ModelParameter& each : s3c.parameters())
    updates.add(each.name, each.value, each.name == "W" ? each.value + .3 : 10 * each.value);
  s3c.modify_updates(updates);
  for (const UpdateList::Entry& each : updates.entries())
    f.add(output(each.name.c_str(), each.value));
  Probe probe(s3c, Data(), f);
  const Vector W{.6, 0, 0, 1, -.8, 0};  // columns (.6, 0, -.8) and (0, 1, 0)
  probe.set("W", W);
  probe.set("alpha", {500, 1e-5});
  probe.set("mu", {-.5, .02});
  probe.set("B", {500, 1e-5, 2});
  probe.set("bias_hid", {-1, .1});
  Computed c = probe(Minibatch());
  CHECK(c["alpha"] == Vector{1000, 1e-3});
  CHECK(difference(c["mu"], {-1, .2}) < 1e-12);
  CHECK(c["B"] == Vector{1000, 1e-3, 20});
  CHECK(c["bias_hid"] == Vector{-2, 0});
  for (std::size_t j = 0; j < 2; ++j) {
    double along = 0, across = 0, cosine = 0, length = 0;
    for (std::size_t d = 0; d < 3; ++d) along += .3 * W[2 * d + j];
    for (std::size_t d = 0; d < 3; ++d) across += std::pow(.3 - along * W[2 * d + j], 2);
    for (std::size_t d = 0; d < 3; ++d) {
      cosine += W[2 * d + j] * c["W"][2 * d + j];
      length += std::pow(c["W"][2 * d + j], 2);
    }
    CHECK(length == Approx(1).epsilon(1e-7));
    CHECK(cosine == Approx(std::cos(std::sqrt(across))).epsilon(1e-6));
  }
}

TEST_CASE("S3C: from YAML, first values, channels, what is refused", "[energy][s3c][yaml]") {
  const std::string text =
      "!obj:pylearn2.models.s3c.S3C { nvis: 3, nhid: 2, irange: .5, init_bias_hid: -1., init_B: "
      "[1., 2., 3.], min_B: 1e-3, max_B: 100., init_alpha: 1., min_alpha: 1e-3, max_alpha: 100., "
      "init_mu: .5, init_unit_W: true, seed: 7, monitor_params: [W, mu, B, p], monitor_stats: "
      "[mean_h, mean_hs, mean_hsv], monitor_functional: true, m_step: "
      "!obj:pylearn2.models.s3c.Grad_M_Step { learning_rate: .1, W_learning_rate_scale: .5, "
      "alpha_learning_rate_scale: .25, B_learning_rate_scale: .125 }, "
      "e_step: !obj:pylearn2.models.s3c.E_Step_Scan { h_new_coeff_schedule: [.1, 1.], monitor_kl: "
      "true, monitor_energy_functional: true, monitor_s_mag: true, monitor_ranges: true } }";
  const Shared<Object> made = load_object("s3c.yaml", text);
  const auto& s3c = dynamic_cast<const S3C&>(*made);
  const ir::List<ModelParameter> parameters = s3c.parameters();
  CHECK(parameters[0].lr_scale == .5);
  CHECK_FALSE(parameters[0].frozen);
  CHECK(parameters[2].lr_scale == .25);
  CHECK(parameters[4].lr_scale == .125);
  const Values first(s3c);
  RandomState random(7);
  Vector W(6);
  random.uniform(-.5, .5, W);
  for (std::size_t j = 0; j < 2; ++j) {
    const double length = std::sqrt(1e-8 + W[j] * W[j] + W[2 + j] * W[2 + j] + W[4 + j] * W[4 + j]);
    for (std::size_t d = 0; d < 3; ++d) W[2 * d + j] /= length;
  }
  CHECK(difference(first.of.at("W"), W) < 1e-15);
  CHECK(first.of.at("B") == Vector{1, 2, 3});
  CHECK(first.of.at("mu") == Vector{.5, .5});
  const std::vector<std::string> names = channel_names(s3c, false);
  for (const char* name :
       {"expected_log_prob_vhs", "energy_functional", "trunc_KL_1", "trunc_KL_2.1", "trunc_KL_3.2",
        "energy_functional_3", "s_mag_1", "h_range_3", "hs_range_1", "W_norm_max", "mu_abs_min",
        "B_mean", "p_max", "mean_hsv_min"})
    CHECK(std::count(names.begin(), names.end(), name) == 1);
  // Channels of statistics are what they are called.
  Data data;
  data.add("features", s3c.input_space());
  ChannelList list;
  s3c.channels(data, list);
  Function f;
  const S3CPosterior q = s3c.infer(data["features"].value());
  f.add(output("h", q.h_hat));
  f.add(output("s", q.s_hat));
  for (const Channel& each : list)
    if (each.name == "mean_hsv_max" || each.name == "mean_hs_mean" || each.name == "s_mag_3")
      f.add(output(each.name.c_str(), each.value));
  Probe probe(s3c, data, f);
  Minibatch batch;
  batch.examples = 4;
  batch.numbers["features"] = random_numbers(12, 5);
  Computed c = probe(batch);
  double largest = -1e9, mean_hs = 0, length = 0;
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t d = 0; d < 3; ++d) {
      double sum = 0;
      for (std::size_t n = 0; n < 4; ++n)
        sum += c["h"][2 * n + i] * c["s"][2 * n + i] * batch.numbers["features"][3 * n + d] / 4;
      largest = std::max(largest, sum);
    }
  for (std::size_t n = 0; n < 8; ++n) mean_hs += c["h"][n] * c["s"][n] / 8;
  for (std::size_t n = 0; n < 4; ++n) length += std::hypot(c["s"][2 * n], c["s"][2 * n + 1]) / 4;
  CHECK(c["mean_hsv_max"][0] == Approx(largest));
  CHECK(c["mean_hs_mean"][0] == Approx(mean_hs));
  CHECK(c["s_mag_3"][0] == Approx(length));

  const auto refused = [&](const std::string& old, const std::string& now) {
    std::string wrong = text;
    wrong.replace(wrong.find(old), old.size(), now);
    return message_of([&] { (void)load_object("s3c.yaml", wrong); });
  };
  CHECK_THAT(refused("[1., 2., 3.]", "[1., 2.]"), Contains("has 2 numbers; give one, or 3"));
  CHECK_THAT(refused("[1., 2., 3.]", "1000."), Contains("found 1000; allowed: from 0.001 to 100"));
  CHECK_THAT(refused("min_B: 1e-3", "min_B: 0."), Contains("min_B"));
  CHECK_THAT(refused("min_alpha: 1e-3", "min_alpha: 200."), Contains("min_alpha"));
  CHECK_THAT(refused("mean_hsv]", "mean_vhs]"), Contains("monitor_stats") || Contains("mean_vhs"));
  CHECK_THAT(refused("B, p]", "B, B]"), Contains("'B' is there twice"));
  CHECK_THAT(refused("[.1, 1.]", "[.1, 1.1]"), Contains("1.1"));
  CHECK_THAT(refused("[.1, 1.]", "[.1, 1.], s_new_coeff_schedule: [1.]"),
             Contains("has 1 numbers, but h_new_coeff_schedule has 2"));
  CHECK_THAT(refused("init_unit_W: true", "init_unit_W: false, constrain_W_norm: true"),
             Contains("columns of length 1"));
  CHECK_THAT(refused("seed: 7", "seed: 7, tied_B: true"), Contains("give one, or 1"));
  CHECK_THAT(refused("seed: 7", "init_momentum: .5, final_momentum: .9"),
             Contains("momentum_saturation_example"));
  CHECK_THAT(refused("e_step: !obj:pylearn2.models.s3c.E_Step_Scan",
                     "e_step: !obj:pylearn2.models.s3c.Grad_M_Step"),
             Contains("e_step"));
}

TEST_CASE("S3C: first values from data", "[energy][s3c][yaml]") {
  const Vector rows{1, -2, 2, -4, 3, 9, 6, 1};
  const DenseDesignMatrix data(Table({number_column("features", rows, {2})}));
  S3C s3c = small_s3c(2, 3, {1.});
  s3c.random_patches_src = Shared<Dataset>(data);
  s3c.set_B_to_marginal_precision = s3c.disable_W_update = true;
  s3c.min_B = .4;
  s3c.check();
  CHECK(s3c.parameters()[0].frozen);
  struct FromData final : InitialValues {
    std::map<std::string, Vector> of;
    const Dataset* data = nullptr;
    void set(std::string_view name, const double* x, std::int64_t count) override {
      of[std::string(name)].assign(x, x + count);
    }
    void fill(std::string_view, double) override {}
    const Dataset* training_data() const override { return data; }
  } values;
  CHECK_THAT(message_of([&] { s3c.initialize(values); }), Contains("needs the data of a job"));
  values.data = &data;
  s3c.initialize(values);
  CHECK(values.of["W"] == Vector{2, 3, 6, -4, 9, 1});  // the last three
  // The variances are 3.5 and 24.5, whose inverse is below min_B.
  CHECK(difference(values.of["B"], {.4, .4}) < 1e-12);
  s3c.min_B = .1;
  s3c.initialize(values);
  CHECK(difference(values.of["B"], {1 / 3.5, .1}) < 1e-12);
}
