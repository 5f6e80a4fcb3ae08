// Costs of a classifier that is sure, in float: what is left of a right answer is small beside the
// scores, and keeps its digits. The references are closed forms in double.
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/loss/cross_entropy.hpp>

using namespace ansatz;

namespace {

void close(const std::string& what, double found, double wanted) {
  INFO(what << ": " << found << ", want " << wanted);
  CHECK(std::abs(found - wanted) <= 4e-7 * std::abs(wanted));
}

}  // namespace

TEST_CASE("cross entropies: what is left of a sure and right answer keeps its digits",
          "[op][cross_entropy][log_softmax]") {
  auto z = input<VectorSpace<3>>("z");
  auto y = input<IndexSpace<3>>("y");
  auto t = input<VectorSpace<3>>("t");
  auto f = build(function(output("labels", cross_entropy(softmax(z), y)),
                          output("rows", cross_entropy(softmax(z), t)),
                          output("logs", log_softmax(z)), output("written", log(softmax(z)))));
  for (const float base : {0.F, 1.F, 100.F, -100.F, 600.F, 1e4F, -1e6F})
    for (const float lead : {0.F, 1.F, 3.F, 10.F, 14.F}) {
      const float scores[] = {base + lead, base, base - 1};
      const float one_hot[] = {1, 0, 0};
      const int label[] = {0};
      const double by = double{scores[1]} - scores[0], last = double{scores[2]} - scores[0];
      const double wanted = std::log1p(std::exp(by) + std::exp(last));
      auto found =
          f({{"z", view(scores, {1, 3})}, {"y", view(label, {1})}, {"t", view(one_hot, {1, 3})}});
      INFO("base " << base << ", lead " << lead);
      // The sum of exponentials begins with 1, so that a float of it knows no less than 6e-8.
      const auto about = [&](const std::string& what, double value, double want) {
        INFO(what << ": " << value << ", want " << want);
        CHECK(std::abs(value - want) <= 4e-7 * std::abs(want) + 6e-8);
      };
      about("of labels", found["labels"].data()[0], wanted);
      about("of rows", found["rows"].data()[0], wanted);
      for (const char* const name : {"logs", "written"}) {
        about(name, found[name].data()[0], -wanted);
        about(name, found[name].data()[1], by - wanted);
        about(name, found[name].data()[2], last - wanted);
      }
    }
}

TEST_CASE("binary_cross_entropy: what is left of a sure and right answer keeps its digits",
          "[op][binary_cross_entropy]") {
  auto z = input<VectorSpace<1>>("z");
  auto t = input<VectorSpace<1>>("t");
  auto f = build(function(output("y", binary_cross_entropy(sigmoid(z), t))));
  for (const float size : {0.F, 1e-30F, .5F, 1.F, 5.F, 10.F, 20.F, 50.F, 80.F})
    for (const float sign : {1.F, -1.F})
      for (const float target : {0.F, 1.F, .5F, .25F}) {
        const float score[] = {sign * size}, wanted[] = {target};
        const double x = score[0];
        const double cost =
            std::log1p(std::exp(-std::abs(x))) + (x > 0 ? x * (1 - double{target}) : -x * target);
        auto found = f({{"z", view(score, {1, 1})}, {"t", view(wanted, {1, 1})}});
        close("z " + std::to_string(x) + ", t " + std::to_string(target), found["y"].data()[0],
              cost);
      }
}
