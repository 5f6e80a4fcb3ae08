#include <ansatz/view/page.hpp>

#include <ansatz/base/version.hpp>
#include <ansatz/serial/run_records.hpp>
#include <ansatz/view/curves.hpp>
#include <ansatz/view/run_table.hpp>
#include <ansatz/view/weights.hpp>
#include <dsl/exceptions.hpp>

#include "base64.hpp"
#include "page_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>
#include <string_view>
#include <type_traits>

namespace ansatz {

namespace {

// The chart library with its licence, and what the page adds to it: pieces of text, the last one
// empty, made by CMake of their files.
constexpr const char* chart_script[] = {
#include "chart_script.inc"
};
constexpr const char* chart_style[] = {
#include "chart_style.inc"
};
constexpr const char* chart_licence[] = {
#include "chart_licence.inc"
};
constexpr const char* elements_script[] = {
#include "elements_script.inc"
};
constexpr const char* runs_script[] = {
#include "page_script.inc"
};
constexpr const char* weights_script[] = {
#include "weights_script.inc"
};
constexpr const char* own_style[] = {
#include "page_style.inc"
};

template <std::size_t n>
std::string joined(const char* const (&pieces)[n]) {
  std::string text;
  for (const char* const piece : pieces) text += piece;
  return text;
}

// So many points of a curve are more than any screen shows.
constexpr int most_pixels = 1000;
constexpr std::int64_t most_filters = 60, fewest_units = 12, most_in_a_row = 20;

/// Also of a tensor whose values were not read.
std::int64_t count_of(const NamedTensor& t) {
  return std::accumulate(t.shape.begin(), t.shape.end(), std::int64_t{1}, std::multiplies<>());
}

OrderedJson numbers(const std::vector<double>& values) {
  OrderedJson list = OrderedJson::array();
  for (const double v : values)
    list.push_back(std::isfinite(v) ? OrderedJson(v) : OrderedJson("nan"));
  return list;
}

/// The channel without the name of its data set.
std::string chart_of(const ChannelRecords& c) {
  const std::string prefix = c.dataset + "_";
  if (!c.dataset.empty() && c.name.starts_with(prefix)) return c.name.substr(prefix.size());
  return c.name;
}

OrderedJson channels_json(const MonitorRecords& records) {
  OrderedJson channels = OrderedJson::array();
  for (const ChannelRecords& c : records.channels) {
    if (c.val_record.empty()) continue;
    // Which moments stay is settled once, so that all axes have the same.
    Curve by_moment = curve_of(records, c);
    std::iota(by_moment.x.begin(), by_moment.x.end(), static_cast<double>(c.first));
    const Curve kept = thinned(by_moment, most_pixels);
    OrderedJson at = OrderedJson::array();
    for (const double x : kept.x) at.push_back(static_cast<std::int64_t>(x));
    channels.push_back({{"name", c.name},
                        {"chart", chart_of(c)},
                        {"unit", channel_unit(c.name)},
                        {"doc", c.doc},
                        {"main", is_main_channel(c.name)},
                        {"at", std::move(at)},
                        {"y", numbers(kept.y)}});
  }
  return channels;
}

/// Pictures of the weights that are images: name and data of the picture.
OrderedJson filters_json(const ModelFile& file) {
  OrderedJson list = OrderedJson::array();
  const auto image = trained_image_shape(file);
  const bool channels_first = has_channels_first(file);
  for (const std::string& name : weights_with_images(file, image)) {
    if (list.size() == 4) break;
    try {
      WeightImages weights = weight_images(file, name, image, channels_first);
      // Units with several channels have a row each.
      const int together = std::max(weights.columns, 1);
      std::vector<std::int64_t> order = by_norm(weights.images, together);
      const std::int64_t units = std::ssize(order) / together;
      const std::int64_t shown = std::min(units, std::max(most_filters / together, fewest_units));
      order.resize(static_cast<std::size_t>(shown * together));
      SheetOptions options;
      options.shades = Shades::around_zero;
      options.columns =
          weights.columns > 0 ? weights.columns : static_cast<int>(std::min(shown, most_in_a_row));
      options.zoom = 1, options.gap = 1;
      const std::vector<std::uint8_t> png =
          png_bytes(sheet(chosen(weights.images, order), options));
      list.push_back(
          {{"name", name},
           {"what", fmt::format("{} of {} units{}, the longest first; grey is zero", shown, units,
                                together > 1 ? ", a row each" : "")},
           {"png", drawing::base64({reinterpret_cast<const char*>(png.data()), png.size()})}});
    } catch (const Error&) {
      // What cannot be shown is left out: the page has much else.
    }
  }
  return list;
}

/// JSON that no parser of HTML takes for anything else.
std::string safe_json(const OrderedJson& json) {
  std::string out;
  for (const char c : json_text(json)) {
    if (c == '<')
      out += "\\u003c";
    else if (c == '&')
      out += "\\u0026";
    else if (c == '>')
      out += "\\u003e";
    else
      out += c;
  }
  return out;
}

/// A page whose script draws `data`.
/// @param style    before the pages' own
/// @param library  elements that the script needs
std::string html_text(std::string_view title, OrderedJson data, const std::string& style,
                      const std::string& library, const std::string& script) {
  data["program"] = std::string("ansatz ") + version;
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>";
  page += title;
  page += "</title>\n<style>\n" + style + joined(own_style) + "</style>\n</head>\n<body>\n";
  page += "<noscript>The page draws with JavaScript, which is part of it.</noscript>\n";
  page += "<main id=\"page\"></main>\n<script type=\"application/json\" id=\"data\">";
  page += safe_json(data) + "</script>\n" + library;
  page += "<script>\n" + joined(elements_script) + script;
  return page + "</script>\n</body>\n</html>\n";
}

// So many numbers are 130 MB of a page.
constexpr std::int64_t most_weights = 25'000'000;

/// The numbers as bytes, float32, the lowest byte first.
std::string packed(const std::vector<double>& values) {
  std::string bytes;
  bytes.reserve(4 * values.size());
  for (const double v : values) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(v));
    for (unsigned k = 0; k < 32; k += 8) bytes += static_cast<char>(bits >> k & 0xff);
  }
  return bytes;
}

}  // namespace

namespace drawing {

OrderedJson facts_json(const ModelFile& file) {
  std::int64_t parameters = 0;
  for (const NamedTensor& t : file.parameters) parameters += count_of(t);
  return {{"job", file.job_yaml},
          {"data", file.data},
          {"environment", file.environment},
          {"variables", file.variables},
          {"version", file.library_version},
          {"floatX", file.floatX},
          {"filters", filters_json(file)},
          {"parameters", parameters > 0 ? OrderedJson(parameters) : OrderedJson()}};
}

void drop_contents(ModelFile& file) {
  file.parameters.clear();
  file.state.clear();
  file.random.clear();
  file.values.clear();
  file.tags.clear();
  file.monitors.clear();
}

OrderedJson records_json(const MonitorRecords& records) {
  return {{"epochs", records.epoch_record},
          {"examples", records.example_record},
          {"batches", records.batch_record},
          {"seconds", numbers(records.time_record)},
          {"channels", channels_json(records)}};
}

OrderedJson records_since(const MonitorRecords& records, std::int64_t first) {
  const auto from = [&](const auto& all, std::int64_t at) {
    return std::decay_t<decltype(all)>(all.begin() + std::min(at, std::ssize(all)), all.end());
  };
  OrderedJson channels = OrderedJson::array();
  for (const ChannelRecords& c : records.channels)
    if (c.first <= first && !c.val_record.empty())
      channels.push_back({{"name", c.name}, {"y", numbers(from(c.val_record, first - c.first))}});
  return {{"from", first},
          {"epochs", from(records.epoch_record, first)},
          {"examples", from(records.example_record, first)},
          {"batches", from(records.batch_record, first)},
          {"seconds", numbers(from(records.time_record, first))},
          {"channels", std::move(channels)}};
}

OrderedJson table_json(const std::vector<std::pair<std::string, const ModelFile*>>& runs) {
  std::vector<const ModelFile*> files;
  for (const auto& [path, file] : runs) files.push_back(file);
  RunTable table = table_of_runs(runs, telling_channels(files));
  if (!table.channels.empty()) table.sort_by(0);
  OrderedJson rows = OrderedJson::array();
  for (const RunRow& row : table.rows) {
    OrderedJson scores = OrderedJson::array();
    for (const RunScore& score : row.scores)
      scores.push_back(score.known
                           ? OrderedJson{json_of(score.best), score.best_epoch, json_of(score.last)}
                           : OrderedJson());
    rows.push_back({{"path", row.path},
                    {"settings", row.settings},
                    {"scores", std::move(scores)},
                    {"epochs", row.epochs},
                    {"seconds", json_of(row.seconds)}});
  }
  return {{"keys", table.keys},
          {"short", short_names(table.keys)},
          {"channels", table.channels},
          {"rows", std::move(rows)}};
}

}  // namespace drawing

std::string drawing::page_text(OrderedJson data) {
  if (joined(chart_script).empty())
    throw FileError(
        "this library was built without dygraphs, which draws the curves of pages: install "
        "libjs-dygraphs and build it again");
  data["palette"] = plot_palette();
  return html_text("Runs", std::move(data), joined(chart_style),
                   "<!--\n" + joined(chart_licence) + "\n-->\n<script>\n" + joined(chart_script) +
                       "\n</script>\n",
                   joined(runs_script));
}

std::string page_of_runs(const std::vector<std::pair<std::string, const ModelFile*>>& runs) {
  if (runs.empty()) throw ValueError("a page of no runs");
  OrderedJson list = OrderedJson::array();
  for (const auto& [path, file] : runs) {
    OrderedJson run{{"path", path}};
    run.update(drawing::facts_json(*file));
    const MonitorRecords* const records = find_monitor(file->monitors);
    run.update(drawing::records_json(records ? *records : MonitorRecords()));
    list.push_back(std::move(run));
  }
  return drawing::page_text({{"table", drawing::table_json(runs)}, {"runs", std::move(list)}});
}

std::string page_of_weights(const std::string& title, const std::vector<NamedWeights>& layers) {
  if (layers.empty()) throw ValueError("a page of no weights");
  OrderedJson list = OrderedJson::array();
  std::int64_t all = 0;
  for (const auto& [name, weights] : layers) {
    const Images& images = weights.images;
    all += std::ssize(images.values);
    if (all > most_weights)
      throw ValueError(fmt::format("a page of more than {} million weights; show a layer alone",
                                   most_weights / 1'000'000));
    list.push_back({{"name", name},
                    {"images", images.count},
                    {"rows", images.rows},
                    {"columns", images.columns},
                    {"channels", images.channels},
                    {"together", std::max(weights.columns, 1)},
                    {"values", drawing::base64(packed(images.values))}});
  }
  return html_text("Weights", {{"title", title}, {"layers", std::move(list)}}, "", "",
                   joined(weights_script));
}

}  // namespace ansatz
