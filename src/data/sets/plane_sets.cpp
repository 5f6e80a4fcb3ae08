#include <ansatz/data/sets/plane_sets.hpp>

#include <ansatz/base/random_state.hpp>
#include <ansatz/data/sources.hpp>

#include <cmath>

namespace ansatz {

std::shared_ptr<const BatchSource> CosDataset::open() const {
  Stream points;
  points.columns = {number_column("features", Dims{2})};
  points.examples = BatchSource::endless;
  points.ahead = 0;  // a point is drawn sooner than a thread is told of it
  points.begin = [how = *this]() -> NextRows {
    return [how, random = how.rng.empty() ? RandomState(42) : random_state(how.rng, {})](
               std::int64_t most, std::span<void* const> out) mutable {
      auto* to = static_cast<float*>(out[0]);
      for (std::int64_t i = 0; i < most; ++i) {
        const auto x = static_cast<float>(random.uniform(how.min_x, how.max_x));
        *to++ = x;
        *to++ = static_cast<float>(std::cos(x) + random.randn() * how.deviation);
      }
      return most;
    };
  };
  return stream(std::move(points));
}
std::shared_ptr<const Table> CosDataset::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}

int four_regions_label(double x, double y) {
  // As the original compares, so that points on a border are its, too.
  const double distance = std::sqrt(x * x + y * y);
  const bool right = x > 0;
  if (distance > 5. / 6) return y > 0 ? 3 : 0;
  if (distance > 1. / 2) return right ? 1 : 2;
  if (distance > 1. / 6 && right) return 2;
  if (right ? distance < 1. / 6 : distance < 1. / 2) return 1;
  return 0;
}

std::shared_ptr<const Table> FourRegions::load() const {
  RandomState random = random_state(rng, {2013, 5, 17});
  std::vector<double> points(static_cast<std::size_t>(num_examples) * 2);
  random.uniform(-1, 1, points);
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < points.size(); i += 2)
    labels.push_back(four_regions_label(points[i], points[i + 1]));
  return std::make_shared<const Table>(Table({number_column("features", std::move(points), Dims{2}),
                                              label_column("targets", std::move(labels), 4)}));
}

}  // namespace ansatz
