// The records of runs as curves.
#pragma once

#include <ansatz/serial/monitor_records.hpp>
#include <ansatz/view/plot.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// What is to the right of the y axis.
enum class PlotAxis : unsigned char { epochs, examples, batches, seconds, minutes, hours };

/// "epochs" and so on; of times "time trained (s)".
std::string axis_label(PlotAxis axis);
/// What the values of a channel are, with their unit, as far as its name says: "misclassified
/// (share of examples)", "time (s)"; "" where it does not say.
std::string channel_unit(std::string_view channel);

/// The records of a channel. The curve has the channel's name.
Curve curve_of(const MonitorRecords& records, const ChannelRecords& channel,
               PlotAxis axis = PlotAxis::epochs);

/// Each value becomes the mean of itself and of those before it, whose weights fall by the factor
/// `weight` (0 to below 1) from one to the next; values that are not finite stay and count for
/// none. As TensorBoard smooths: what is missing before the first value weighs nothing (Kingma and
/// Ba 2015, section 3).
std::vector<double> smoothed(const std::vector<double>& values, double weight);

/// The same picture from fewer points: of every stretch of x that is one pixel wide, the first, the
/// last, the smallest and the largest point. A curve of fewer than four points a pixel stays.
Curve thinned(const Curve& curve, int pixels);

}  // namespace ansatz
