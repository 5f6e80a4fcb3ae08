#include <ansatz/view/curves.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ansatz {

std::string axis_label(PlotAxis axis) {
  switch (axis) {
    case PlotAxis::epochs:
      return "epochs";
    case PlotAxis::examples:
      return "examples";
    case PlotAxis::batches:
      return "batches";
    case PlotAxis::seconds:
      return "time trained (s)";
    case PlotAxis::minutes:
      return "time trained (min)";
    case PlotAxis::hours:
      return "time trained (h)";
  }
  return "";
}

std::string channel_unit(std::string_view channel) {
  struct Unit {
    const char* end;
    const char* text;
  };
  static constexpr Unit units[] = {{"misclass", "misclassified (share of examples)"},
                                   {"objective", "objective (per example)"},
                                   {"nll", "negative log-likelihood (nats)"},
                                   {"reconstruction_error", "squared error (per example)"},
                                   {"_mse", "mean squared error"},
                                   {"learning_rate", "learning rate"},
                                   {"momentum", "momentum"},
                                   {"perplexity", "perplexity"},
                                   {"roc_auc", "area below the ROC"},
                                   {"seconds_per_epoch", "time (s)"},
                                   {"seconds_last_epoch", "time (s)"}};
  for (const Unit& each : units)
    if (channel.ends_with(each.end)) return each.text;
  if (channel.find("_norms") != channel.npos) return "norms of weights";
  return "";
}

Curve curve_of(const MonitorRecords& records, const ChannelRecords& channel, PlotAxis axis) {
  Curve curve;
  curve.name = channel.name;
  curve.y = channel.val_record;
  for (std::size_t i = 0; i < curve.y.size(); ++i) {
    const std::size_t at = static_cast<std::size_t>(channel.first) + i;
    double x = 0;
    if (axis == PlotAxis::epochs) x = static_cast<double>(records.epoch_record[at]);
    if (axis == PlotAxis::examples) x = static_cast<double>(records.example_record[at]);
    if (axis == PlotAxis::batches) x = static_cast<double>(records.batch_record[at]);
    if (axis == PlotAxis::seconds) x = records.time_record[at];
    if (axis == PlotAxis::minutes) x = records.time_record[at] / 60;
    if (axis == PlotAxis::hours) x = records.time_record[at] / 3600;
    curve.x.push_back(x);
  }
  return curve;
}

std::vector<double> smoothed(const std::vector<double>& values, double weight) {
  std::vector<double> out;
  double sum = 0, weights = 0;
  for (const double v : values) {
    if (!std::isfinite(v)) {
      out.push_back(v);
      continue;
    }
    sum = weight * sum + (1 - weight) * v;
    weights = weight * weights + (1 - weight);
    out.push_back(sum / weights);
  }
  return out;
}

Curve thinned(const Curve& curve, int pixels) {
  const std::size_t n = curve.y.size();
  if (pixels < 1 || n <= 4 * static_cast<std::size_t>(pixels)) return curve;
  const auto [low, high] = std::minmax_element(curve.x.begin(), curve.x.end());
  const double wide = (*high - *low) / pixels;
  if (!(wide > 0) || !std::isfinite(wide)) return curve;
  const double left = *low;
  Curve out = curve;
  out.x.clear(), out.y.clear();
  const auto stretch = [&](std::size_t i) { return std::floor((curve.x[i] - left) / wide); };
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    // Gaps stay: where values are not finite, a stretch ends.
    std::size_t least = begin, most = begin;
    for (end = begin + 1; end < n && stretch(end) == stretch(begin) &&
                          std::isfinite(curve.y[end]) == std::isfinite(curve.y[begin]);
         ++end) {
      if (curve.y[end] < curve.y[least]) least = end;
      if (curve.y[end] > curve.y[most]) most = end;
    }
    std::size_t kept[] = {begin, least, most, end - 1};
    std::sort(std::begin(kept), std::end(kept));
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0 && kept[i] == kept[i - 1]) continue;
      out.x.push_back(curve.x[kept[i]]);
      out.y.push_back(curve.y[kept[i]]);
    }
  }
  return out;
}

}  // namespace ansatz
