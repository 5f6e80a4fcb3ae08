// ansatz show
#include "json_output.hpp"
#include "model_outputs.hpp"
#include "output_option.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/base/regular_file.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/data/sets/saved_dataset.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/views.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/session/preprocessors.hpp>
#include <ansatz/session/saved_preprocessor.hpp>
#include <ansatz/view/page.hpp>
#include <ansatz/view/weights.hpp>
#include <ansatz/yaml/read.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include <unistd.h>

namespace ansatz::app {

namespace {

struct ShowArguments {
  std::string model, out, layer, rescale = "individual", sort = "none", shape, terminal = "auto";
  DataArguments data;
  std::vector<std::string> defines, libraries;
  int rows = 20, columns = 20, zoom = 0, chains = 10, steps = 1000, threads = 1;
  std::int64_t seed = 1;
  bool border = false, raw = false, json = false;
  std::vector<const CLI::Option*> of_pictures;  // what a page is asked for there
};

Rescale rescale_of(const std::string& name) {
  return name == "none" ? Rescale::none : name == "global" ? Rescale::global : Rescale::individual;
}

SheetOptions options_of(const ShowArguments& a) {
  SheetOptions options;
  options.rescale = rescale_of(a.rescale);
  options.border = a.border;
  options.zoom = a.zoom;
  return options;
}

// "kitty", "sixel" or "".
std::string way_to_show(const ShowArguments& a) {
  if (a.terminal == "kitty" || a.terminal == "sixel") return a.terminal;
  const char* const term = std::getenv("TERM");
  const bool kitty = (term && std::string_view(term) == "xterm-kitty") ||
                     std::getenv("KITTY_WINDOW_ID") != nullptr;
  return ::isatty(STDOUT_FILENO) == 1 && kitty ? "kitty" : "";
}

bool is_page(const ShowArguments& a) { return a.out.ends_with(".html") || a.out.ends_with(".htm"); }

const std::vector<std::string> picture_suffixes{".png"};

void settle(const ShowArguments& a, const std::vector<std::string>& suffixes = picture_suffixes) {
  std::vector<std::string> inputs{a.model};
  inputs.insert(inputs.end(), a.libraries.begin(), a.libraries.end());
  if (!a.out.empty())
    settle_output("-o", a.out, inputs, suffixes);
  else if (!a.json && way_to_show(a).empty())
    throw ValueError(
        "this terminal is not known to show pictures: write one with -o FILE.png, or say "
        "--terminal kitty or --terminal sixel");
}

int finish(const ShowArguments& a, const Picture& picture, std::int64_t images,
           OrderedJson facts = OrderedJson::object()) {
  if (!a.out.empty())
    write_png(a.out, picture);
  else if (!a.json)
    draw(stdout, "{}", way_to_show(a) == "sixel" ? sixel_text(picture) : kitty_text(picture));
  if (!a.json) return exit_ok;
  OrderedJson out{{"model", a.model},
                  {"path", a.out.empty() ? OrderedJson() : OrderedJson(a.out)},
                  {"images", images},
                  {"width", picture.columns},
                  {"height", picture.rows}};
  out.update(facts);
  put_json(out);
  return exit_ok;
}

std::optional<ImageShape> shape_of(const ShowArguments& a, const ModelFile& file,
                                   const SpaceInfo& input) {
  if (!a.shape.empty()) {
    const auto shape = image_shape_of(a.shape);
    if (!shape)
      throw CLI::ValidationError(
          "--shape", fmt::format("found {}; allowed: rows and columns, such as 28x28, or with "
                                 "channels, 32x32x3",
                                 shown(a.shape)));
    return shape;
  }
  if (input.kind == SpaceKind::conv2d)
    return ImageShape{input.rows(), input.columns(), input.channels()};
  return trained_image_shape(file);
}

ImageShape needed_shape(const ShowArguments& a, const ModelFile& file, const SpaceInfo& input,
                        std::int64_t numbers) {
  const auto shape = shape_of(a, file, input);
  if (!shape)
    throw ValueError(fmt::format(
        "the {} numbers of an example are no image as far as is known; --shape says of which form "
        "they are, such as --shape 28x28",
        numbers));
  if (shape->size() != numbers)
    throw ShapeError(fmt::format("images of {} x {} x {} have {} numbers, where an example has {}",
                                 shape->rows, shape->columns, shape->channels, shape->size(),
                                 numbers));
  return *shape;
}

// ------------------------------------------------------------------------- weights

// "W [4, 3], V [3, 2]", of many the first.
std::string joined_some(const std::vector<std::string>& texts) {
  const auto shown = std::min<std::ptrdiff_t>(std::ssize(texts), 6);
  return fmt::format("{}{}", fmt::join(texts.begin(), texts.begin() + shown, ", "),
                     shown < std::ssize(texts) ? ", ..." : "");
}

// Parameters whose weights can be shown as images: the one of that name, or the weights of the
// layer of that name; without a name all that are images.
std::vector<std::string> weights_of(const ShowArguments& a, const ModelFile& file,
                                    const Model* model, const std::optional<ImageShape>& image) {
  std::vector<std::string> known;
  for (const NamedTensor& t : file.parameters) {
    if (t.name == a.layer) return {a.layer};
    known.push_back(t.name);
  }
  ir::List<ModelWeights> weights;
  if (model) model->weights(weights);
  for (const ModelWeights& each : weights) {
    if (each.path == std::string_view(a.layer)) return {std::string(each.parameter.view())};
    known.emplace_back(each.path.view());
  }
  if (!a.layer.empty())
    throw NameError(fmt::format("{} has no layer and no parameter \"{}\"{}", a.model, a.layer,
                                allowed_names(a.layer, {known.begin(), known.end()})));
  std::vector<std::string> names = weights_with_images(file, image);
  if (!names.empty()) return names;
  std::vector<std::string> sizes;
  for (const NamedTensor& t : file.parameters)
    if (t.shape.size() > 1)
      sizes.push_back(fmt::format("{} [{}]", t.name, fmt::join(t.shape, ", ")));
  const std::string found = sizes.empty() ? "nothing that is a matrix" : joined_some(sizes);
  if (sizes.empty() || !a.shape.empty())
    throw ValueError(fmt::format("no weights of {} are images{}; it has {}", a.model,
                                 a.shape.empty() ? "" : " of " + a.shape, found));
  throw ValueError(
      fmt::format("no weights of {} are images{}; it has {}; --shape says of which form images "
                  "are, such as --shape 28x28",
                  a.model, image ? " of the form that its data have" : "", found));
}

// A model, or what a preprocessor has learned.
ModelFile weights_file(const std::string& path) {
  const std::string kind = saved_kind(path);
  if (kind.empty()) return read_model_file(path);
  if (kind != "preprocessor")
    throw ValueError(fmt::format("{} holds a {}, which has no weights{}", path,
                                 printable_name(kind),
                                 kind == "data set" ? "; `ansatz show examples` draws it" : ""));
  ModelFile file;
  file.parameters = read_preprocessor(path).learned;
  return file;
}

// Absolute values of those weights that are finite; NaN where none is.
struct Sizes {
  double least = std::numeric_limits<double>::quiet_NaN(), most = least, mean = least;
  std::int64_t not_finite = 0, all = 0;

  std::string text() const {
    std::string out;
    if (not_finite < all)
      out = fmt::format("absolute values from {:.4g} to {:.4g}, mean {:.4g}", least, most, mean);
    if (not_finite > 0)
      out += fmt::format("{}{} of {} weights are NaN or infinite, which is light blue",
                         out.empty() ? "" : "; ", not_finite, all);
    return out;
  }
};

Sizes sizes_of(const std::vector<double>& weights) {
  Sizes out;
  out.all = std::ssize(weights);
  double sum = 0;
  for (const double v : weights) {
    if (!std::isfinite(v)) {
      ++out.not_finite;
      continue;
    }
    const double size = std::abs(v);
    sum += size;
    out.most = std::fmax(out.most, size);
    out.least = std::fmin(out.least, size);
  }
  if (out.not_finite < out.all) out.mean = sum / static_cast<double>(out.all - out.not_finite);
  return out;
}

int show_weights_page(const ShowArguments& a, const ModelFile& file,
                      const std::vector<std::string>& names,
                      const std::optional<ImageShape>& image) {
  for (const CLI::Option* const each : a.of_pictures)
    if (each->count() > 0)
      throw CLI::ValidationError(each->get_name(),
                                 "it is of pictures (-o x.png); on a page it is chosen there");
  std::vector<NamedWeights> layers;
  for (const std::string& name : names)
    layers.push_back({name, weight_images(file, name, image, has_channels_first(file))});
  const std::string page = page_of_weights(a.model, layers);
  write_output(a.out, page);
  if (a.json)
    put_json({{"model", a.model}, {"path", a.out}, {"layers", names}, {"bytes", page.size()}});
  else
    say(stderr, "{}: {} kB, to be opened in a browser: {}\n", a.out, page.size() / 1000,
        fmt::join(names, ", "));
  return exit_ok;
}

int show_weights(const ShowArguments& a) {
  settle(a, {".png", ".html", ".htm"});
  load_libraries(a.libraries);
  const ModelFile file = weights_file(a.model);
  // The weights can be shown where the rest of the model cannot be made.
  std::unique_ptr<Train> train;
  try {
    train = std::move(read_trained_model(a.model).train);
  } catch (const MemoryError&) {
    throw;
  } catch (const Error&) {
  }
  const Model* const model = train ? train->model.get() : nullptr;
  const SpaceInfo input = model ? model->input_space() : SpaceInfo();
  const auto image = shape_of(a, file, input);
  const std::vector<std::string> names = weights_of(a, file, model, image);
  if (is_page(a)) return show_weights_page(a, file, names, image);
  const std::string& name = names.front();
  WeightImages weights = weight_images(file, name, image, has_channels_first(file));
  const Sizes sizes = sizes_of(weights.images.values);
  if (a.sort == "norm")
    weights.images = chosen(weights.images, by_norm(weights.images, std::max(weights.columns, 1)));
  SheetOptions options = options_of(a);
  options.shades = Shades::around_zero;
  options.columns = weights.columns;
  if (!a.json)
    say(stderr, "{}: {} images of {} x {}; {}\n", name, weights.images.count, weights.images.rows,
        weights.images.columns, sizes.text());
  return finish(a, sheet(weights.images, options), weights.images.count,
                {{"weights", name},
                 {"smallest", json_of(sizes.least)},
                 {"mean", json_of(sizes.mean)},
                 {"largest", json_of(sizes.most)},
                 {"not_finite", sizes.not_finite}});
}

int browse_weights(const ShowArguments& a) {
  settle(a, {".html", ".htm"});
  return show_weights(a);
}

// ------------------------------------------------------------------------- data

// What is written replaces nothing of the data either.
void settle(const ShowArguments& a, const Dataset& data) {
  std::vector<std::string> inputs;
  data.files(inputs);
  if (!a.out.empty()) settle_output("-o", a.out, inputs, picture_suffixes);
}

// The data of the model, or of a job or data set in YAML, as the model reads them.
std::shared_ptr<const BatchSource> data_of(const ShowArguments& a, TrainedModel& model) {
  model.train->dataset = dataset_of(a.data, model);
  settle(a, *model.train->dataset);
  return load_data(a.data, model);
}

std::string input_name(const Model& model) {
  const Sources source = model.input_source();
  if (source.several()) throw ValueError("the model reads several sources, which are no image");
  return std::string(source.name.view());
}

// Some examples, as rows and as images.
struct Examples {
  Rows rows;
  Images images;
};

Images as_images(const Rows& rows, const ImageShape& shape) {
  Images images;
  images.count = rows.count;
  images.rows = shape.rows, images.columns = shape.columns, images.channels = shape.channels;
  images.values = rows.values;
  return images;
}

Examples examples_of(const ShowArguments& a, const TrainedModel& model, const BatchSource& source,
                     std::int64_t first, std::int64_t count) {
  const std::string name = input_name(*model.train->model);
  Subset which;
  which.start = first;
  which.size = count;
  ViewedArray read = design_matrix(source, which, name);
  Examples out;
  out.rows.count = read.shape[0];
  out.rows.width = out.rows.count > 0 ? std::ssize(read.values) / out.rows.count : 0;
  out.rows.values = std::move(read.values);
  const Column& column = source.column(name);
  ImageShape shape;
  if (column.conv && a.shape.empty())
    shape = {static_cast<int>(column.example[0]), static_cast<int>(column.example[1]),
             static_cast<int>(column.example[2])};
  else
    shape = needed_shape(a, model.file, model.train->model->input_space(), out.rows.width);
  out.images = as_images(out.rows, shape);
  return out;
}

std::int64_t wanted_of(const BatchSource& source, std::int64_t most) {
  const std::int64_t all = source.examples();
  return all == BatchSource::unknown ? most : std::min(all, most);
}

// Of a number of channels that no picture has, each becomes an image.
Images shown_images(Images images) {
  return images.channels == 1 || images.channels == 3 ? images : channels_apart(images);
}

bool is_yaml(const std::string& name) {
  return name.starts_with("!obj") || name.ends_with(".yaml") || name.ends_with(".yml");
}

// The job of a file in YAML, or one that has only a data set: that which the file describes, or
// holds as `ansatz preprocess` saved it.
std::unique_ptr<Train> described_by(const ShowArguments& a) {
  auto only = std::make_unique<Train>();
  if (!is_yaml(a.model)) {
    only->dataset = Shared<Dataset>(new SavedDataset(a.model.c_str()));
    return only;
  }
  const bool inside = a.model.starts_with("!obj");
  yaml::Errors errors;
  yaml::Reading reading;
  reading.definitions = a.defines;
  const yaml::NodePtr root = inside ? yaml::read_text("the data set", a.model, errors, reading)
                                    : yaml::read_file(a.model, errors, reading);
  try {
    errors.raise();
  } catch (const FileError& error) {
    throw JobError(error.what());
  }
  if (!inside && root &&
      (root->kind == yaml::Kind::sequence || yaml::object_name(*root).ends_with("Train"))) {
    JobArguments arguments;
    arguments.path = a.model;
    arguments.defines = a.defines;
    arguments.writes = false;
    Job loaded = arguments.load();
    if (!loaded.phases.empty() && loaded.phases[0].train && loaded.phases[0].train->dataset)
      return std::move(loaded.phases[0].train);
  } else {
    LoadOptions options;
    options.writes = false;
    options.defines = a.defines;
    std::string text = a.model;
    if (!inside) {
      serial::FileBeginning file = serial::beginning_of(a.model, yaml::Limits().bytes + 1);
      if (!file.why.empty()) throw FileError(fmt::format("{}: {}", a.model, file.why));
      text = std::move(file.bytes);
    }
    const Shared<Object> object = load_object(inside ? "the data set" : a.model, text, options);
    if (auto* const found = dynamic_cast<Dataset*>(object.get())) {
      only->dataset = Shared<Dataset>(found);
      return only;
    }
  }
  throw FileError(fmt::format("{} describes no data set", a.model));
}

// Its data as a model reads them, or as they are.
std::shared_ptr<const BatchSource> data_described(const ShowArguments& a) {
  const std::unique_ptr<Train> job = described_by(a);
  settle(a, *job->dataset);
  const Preprocessors::Open open = [](const Dataset& set) { return set.open(); };
  if (a.raw) return open(*job->dataset);
  Preprocessors preprocessors(*job);
  preprocessors.require_fitted();
  return preprocessors.apply(*job->dataset, open(*job->dataset), open);
}

int show_described(const ShowArguments& a) {
  if (!a.data.data.empty())
    throw CLI::ValidationError("--data", a.model + " describes its data itself");
  const auto source = data_described(a);
  const Column& column = source->column("features");
  const ModelFile nothing;
  const ImageShape shape =
      column.conv && a.shape.empty()
          ? ImageShape{static_cast<int>(column.example[0]), static_cast<int>(column.example[1]),
                       static_cast<int>(column.example[2])}
          : needed_shape(a, nothing, SpaceInfo(), column.width());
  Subset which;
  which.size = wanted_of(*source, std::int64_t{1} * a.rows * a.columns);
  const ViewedArray read = design_matrix(*source, which, "features");
  const Rows rows{read.shape[0], shape.size(), read.values, {}};
  const Images images = shown_images(as_images(rows, shape));
  SheetOptions options = options_of(a);
  options.columns = a.columns;
  return finish(a, sheet(images, options), images.count);
}

int show_examples(const ShowArguments& a) {
  settle(a);
  load_libraries(a.libraries);
  if (is_yaml(a.model) || saved_kind(a.model) == "data set") return show_described(a);
  if (!a.defines.empty())
    throw CLI::ValidationError("-D", "it fills in texts of jobs and data sets (.yaml)");
  if (a.raw)
    throw CLI::ValidationError("--raw",
                               "it is of jobs and data sets (.yaml, and what `ansatz "
                               "preprocess` saves), not of models");
  TrainedModel model = read_trained_model(a.model);
  const auto source = data_of(a, model);
  const std::int64_t most = std::int64_t{1} * a.rows * a.columns;
  const Images images =
      shown_images(examples_of(a, model, *source, 0, wanted_of(*source, most)).images);
  SheetOptions options = options_of(a);
  options.columns = a.columns;
  return finish(a, sheet(images, options), images.count);
}

// What the model makes of rows again.
Rows reconstructed(const TrainedModel& model, const Rows& rows) {
  if (const auto whole = function_of(model, "reconstruct")) return call_with(*whole, rows)[0];
  const auto encode = function_of(model, "encode"), decode = function_of(model, "decode");
  if (!encode || !decode)
    throw ValueError(
        "the model makes nothing of its code again: it has neither a function \"reconstruct\" nor "
        "\"encode\" and \"decode\"");
  return call_with(*decode, call_with(*encode, rows)[0])[0];
}

int show_reconstructions(const ShowArguments& a) {
  settle(a);
  load_libraries(a.libraries);
  TrainedModel model = read_trained_model(a.model);
  const auto source = data_of(a, model);
  const int pairs = std::max(1, a.columns / 2);
  const Examples before =
      examples_of(a, model, *source, 0, wanted_of(*source, std::int64_t{1} * a.rows * pairs));
  const Rows after = reconstructed(model, before.rows);
  Images both = before.images;
  both.count *= 2;
  both.values.clear();
  for (std::int64_t i = 0; i < before.rows.count; ++i) {
    both.values.insert(both.values.end(), before.images.image(i),
                       before.images.image(i) + before.images.size());
    both.values.insert(both.values.end(), after.row(i), after.row(i) + after.width);
  }
  both = shown_images(std::move(both));
  SheetOptions options = options_of(a);
  options.columns = 2 * pairs;
  if (!a.json) say(stderr, "to the right of each example stands what the model makes of it\n");
  return finish(a, sheet(both, options), both.count);
}

// ------------------------------------------------------------------------- samples

Rows first_rows(const NamedTensor& t, std::int64_t count) {
  Rows rows;
  rows.count = std::min(count, t.shape[0]);
  rows.width = t.size() / t.shape[0];
  for (std::int64_t i = 0; i < rows.count * rows.width; ++i)
    rows.values.push_back(t.data<float>()    ? double{t.data<float>()[i]}
                          : t.data<double>() ? t.data<double>()[i]
                                             : 0.);
  return rows;
}

// What Gibbs chains are: the visible units by the name of the model's inputs, and, of a deep
// machine, what was drawn of each hidden layer.
using Chains = std::map<std::string, Rows>;

// The chains that the model was trained with: "chains", or "chains.visible" and one a layer.
std::optional<Chains> trained_chains(const ShowArguments& a, const TrainedModel& model,
                                     const AnyProgram& gibbs, std::int64_t width) {
  const auto of_name = [&](const std::string& name) -> const NamedTensor* {
    for (const NamedTensor& t : model.file.state)
      if (t.name == name && !t.shape.empty() && t.size() > 0) return &t;
    return nullptr;
  };
  for (const NamedTensor& t : model.file.state) {
    const bool deep = t.name.ends_with("chains.visible");
    if (!(deep || t.name.ends_with("chains")) || t.shape.empty() || t.size() == 0) continue;
    if (t.size() / t.shape[0] != width) continue;
    Chains chains;
    chains[input_name(*model.train->model)] = first_rows(t, a.chains);
    const std::string prefix = t.name.substr(0, t.name.size() - (deep ? 14 : 6));
    bool all = true;
    for (int i = 0; i < gibbs.results(); ++i) {
      const std::string name(gibbs.result_name(i));
      if (name == "v") continue;
      const NamedTensor* const hidden = of_name(prefix + name);
      all = all && hidden && hidden->shape[0] == t.shape[0];
      if (all) chains[name] = first_rows(*hidden, a.chains);
    }
    if (all) return chains;
  }
  return std::nullopt;
}

// Where chains begin: at those that the model was trained with, else at examples.
Chains chains_of(const ShowArguments& a, TrainedModel& model, const AnyProgram& gibbs,
                 std::int64_t width) {
  if (auto chains = trained_chains(a, model, gibbs, width)) return *chains;
  const auto source = data_of(a, model);
  Chains chains;
  const std::string name = input_name(*model.train->model);
  chains[name] = examples_of(a, model, *source, 0, wanted_of(*source, a.chains)).rows;
  if (const auto begin = function_of(model, "begin_gibbs")) {
    begin->seed(static_cast<std::uint64_t>(a.seed) + 1);
    chains.merge(call_with(*begin, chains));
  }
  return chains;
}

// A row of states a chain: the first, and nine more, between which the steps are shared out.
Images gibbs_sheet(const ShowArguments& a, TrainedModel& model, AnyProgram& gibbs,
                   const ImageShape& shape, int& columns) {
  const std::string visible = input_name(*model.train->model);
  Chains chains = chains_of(a, model, gibbs, shape.size());
  const int shown_states = std::min(a.steps, 9);
  columns = shown_states + 1;
  std::vector<Rows> states{chains.at(visible)};
  gibbs.seed(static_cast<std::uint64_t>(a.seed));
  int done = 0;
  for (int k = 1; k <= shown_states; ++k) {
    const auto until = static_cast<int>(std::int64_t{1} * a.steps * k / shown_states);
    for (; done < until; ++done) {
      Chains next = call_with(gibbs, chains);
      if (visible != "v") next[visible] = std::move(next.at("v"));
      chains = std::move(next);
    }
    states.push_back(chains.at(visible));
  }
  const std::int64_t count = states[0].count;
  Images images = as_images(states[0], shape);
  images.count = count * std::ssize(states);
  images.values.clear();
  for (std::int64_t chain = 0; chain < count; ++chain)
    for (const Rows& state : states)
      images.values.insert(images.values.end(), state.row(chain), state.row(chain) + state.width);
  return images;
}

// Of a decoder: what it makes of draws of the prior, the mean of each.
Images decoder_sheet(const ShowArguments& a, AnyProgram& sample, const ImageShape& shape) {
  Rows noise;
  noise.count = std::int64_t{1} * a.rows * a.columns;
  for (const ir::Leaf& leaf : sample.plan().leaves)
    if (leaf.where == ir::Where::input) noise.width = leaf.shape[1];
  noise.values.resize(static_cast<std::size_t>(noise.count * noise.width));
  RandomState rng(static_cast<std::uint32_t>(a.seed));
  rng.normal(0., 1., noise.values);
  sample.seed(static_cast<std::uint64_t>(a.seed));
  return as_images(call_with(sample, noise).back(), shape);
}

int show_samples(const ShowArguments& a) {
  settle(a);
  load_libraries(a.libraries);
  TrainedModel model = read_trained_model(a.model);
  const SpaceInfo input = model.train->model->input_space();
  const ImageShape shape = needed_shape(a, model.file, input, input.total_dimension());
  SheetOptions options = options_of(a);
  Images images;
  if (const auto gibbs = function_of(model, "gibbs")) {
    images = gibbs_sheet(a, model, *gibbs, shape, options.columns);
    if (!a.json)
      say(stderr, "a row a chain, from its beginning to the left to {} steps later\n", a.steps);
  } else if (const auto sample = function_of(model, "sample")) {
    images = decoder_sheet(a, *sample, shape);
    options.columns = a.columns;
  } else {
    throw ValueError("the model draws nothing: it has neither a function \"gibbs\" nor \"sample\"");
  }
  images = shown_images(std::move(images));
  return finish(a, sheet(images, options), images.count);
}

// ------------------------------------------------------------------------- confusions

int show_confusions(const ShowArguments& a) {
  settle(a);
  load_libraries(a.libraries);
  TrainedModel model = read_trained_model(a.model);
  const auto source = data_of(a, model);
  labels_of(model, *source, 0);  // before anything is computed
  const Rows rows = outputs_of(model, source, "class", 500, a.threads);
  const std::vector<std::int64_t> truth = labels_of(model, *source, rows.count);
  const std::int64_t classes = std::max<std::int64_t>(rows.width, 2);
  if (classes > 40) throw ValueError(fmt::format("{} classes; a sheet shows at most 40", classes));
  std::vector<std::int64_t> surest(static_cast<std::size_t>(classes * classes), -1);
  const auto sureness = [&](std::int64_t i) {
    const double* const row = rows.row(i);
    return rows.width == 1 ? std::abs(row[0] - .5) : *std::max_element(row, row + rows.width);
  };
  for (std::int64_t i = 0; i < rows.count; ++i) {
    const std::int64_t t = truth[static_cast<std::size_t>(i)];
    if (t < 0 || t >= classes) continue;
    std::int64_t& at =
        surest[static_cast<std::size_t>(t * classes + class_of(rows.row(i), rows.width))];
    if (at < 0 || sureness(i) > sureness(at)) at = i;
  }
  Images images;
  for (const std::int64_t i : surest) {
    const std::int64_t from = std::max<std::int64_t>(i, 0);
    Images one = examples_of(a, model, *source, from, 1).images;
    if (one.channels != 1 && one.channels != 3)
      throw ValueError(fmt::format("images of {} channels; 1 or 3 can be shown", one.channels));
    if (i < 0)
      std::fill(one.values.begin(), one.values.end(), std::numeric_limits<double>::quiet_NaN());
    if (images.count == 0) {
      images = one;
    } else {
      ++images.count;
      images.values.insert(images.values.end(), one.values.begin(), one.values.end());
    }
  }
  SheetOptions options = options_of(a);
  options.columns = static_cast<int>(classes);
  for (std::int64_t k = 0; k < classes; ++k) options.numbers.push_back(static_cast<int>(k));
  if (!a.json)
    say(stderr,
        "to the right the class that the model tells, downwards the true one; of each pair the "
        "example that the model is surest of\n");
  return finish(a, sheet(images, options), images.count);
}

// ------------------------------------------------------------------------- commands

using Show = int (*)(const ShowArguments&);

void add_shape(CLI::App& to, ShowArguments& a) {
  to.add_option(
      "--shape", a.shape,
      "rows, columns and channels of an image, such as 32x32x3; default: as the data have "
      "it that the model was trained on");
}

void add_run(CLI::App& to, const std::shared_ptr<ShowArguments>& a, Show show, int& exit) {
  to.add_option("--load", a->libraries, "shared object with further classes (.so)");
  add_json(to, a->json, "one JSON object: what was written, or how large it would be");
  to.callback([a, show, &exit] {
    shows_json = a->json;
    exit = show(*a);
  });
}

void fill_show(CLI::App* c, int& exit, Show show) {
  auto a = std::make_shared<ShowArguments>();
  const bool weights = show == &show_weights, examples = show == &show_examples;
  if (!weights) a->rescale = "global";
  c->add_option("model", a->model,
                weights ? "model file, or saved preprocessor"
                : examples
                    ? "model file, job or data set (.yaml, or YAML itself), or saved data set"
                    : "model file")
      ->required();
  c->add_option("-o,--out", a->out,
                weights ? "picture to write, .png, or page to browse all layers, .html; default: "
                          "the terminal, where it shows pictures"
                        : "picture to write, .png; default: the terminal, where it shows pictures");
  std::vector<const CLI::Option*>& of_pictures = a->of_pictures;
  if (weights) {
    c->add_option("--layer", a->layer,
                  "layer or parameter; default: the first whose weights are images; on a page, all "
                  "such");
    of_pictures.push_back(c->add_option("--sort", a->sort, "none, or norm: the longest first")
                              ->check(CLI::IsMember({"none", "norm"}))
                              ->capture_default_str());
  } else {
    a->data.targets = true;
    a->data.add_to(*c);
    c->add_option("--rows", a->rows, "images below each other, at most")
        ->check(whole_numbers(1, 1000))
        ->capture_default_str();
    c->add_option("--columns,--cols", a->columns, "images beside each other, at most")
        ->check(whole_numbers(1, 1000))
        ->capture_default_str();
  }
  if (examples) {
    c->add_option("-D,--define", a->defines, "name=value for %(name)s of a job or data set")
        ->allow_extra_args(false);
    c->add_flag("--raw", a->raw, "of jobs and data sets: as they are, without their preprocessor");
  }
  if (show == &show_samples) {
    c->add_option("--chains", a->chains, "of a Boltzmann machine: how many")
        ->check(whole_numbers(1, 1000))
        ->capture_default_str();
    c->add_option("--steps", a->steps, "of a Boltzmann machine: Gibbs steps of each chain")
        ->check(whole_numbers(1, 10000000))
        ->capture_default_str();
    c->add_option("--seed", a->seed, "of the draws")
        ->check(whole_numbers(0, 4294967295))
        ->capture_default_str();
  }
  of_pictures.push_back(
      c->add_option(
           "--rescale", a->rescale,
           "what becomes white: the largest value of each image (individual), of all (global), "
           "or 1 (none)")
          ->check(CLI::IsMember({"individual", "global", "none"}))
          ->capture_default_str());
  add_shape(*c, *a);
  of_pictures.push_back(c->add_flag("--border", a->border, "a line around each image"));
  of_pictures.push_back(c->add_option("--zoom", a->zoom,
                                      "pixels of the picture a pixel; default: by the images' size")
                            ->check(whole_numbers(1, 100)));
  of_pictures.push_back(
      c->add_option("--terminal", a->terminal,
                    "how a terminal shows pictures: kitty, sixel, or auto: kitty where the "
                    "environment says so")
          ->check(CLI::IsMember({"auto", "kitty", "sixel"}))
          ->capture_default_str());
  add_run(*c, a, show, exit);
  const std::string name = c->get_name(), what = name.substr(name.find('-') + 1);
  c->footer(fmt::format("Example:\n  ansatz {}{} model.pkl -o {}.png", what == name ? "show " : "",
                        name, what));
}

template <Show show>
void fill_as(CLI::App* c, int& exit) {
  fill_show(c, exit, show);
}

}  // namespace

const Command show_command(
    66, "show", "pictures of weights, data, and what a model makes", [](CLI::App* c, int& exit) {
      c->require_subcommand(1);
      const auto add = [&](const char* name, const char* what, Show show) {
        fill_show(c->add_subcommand(name, what), exit, show);
      };
      add("weights", "what the units of a layer answer to, an image a unit", &show_weights);
      add("examples", "the data, as the model reads them", &show_examples);
      add("samples", "Gibbs chains, or draws of a decoder", &show_samples);
      add("reconstructions", "examples, each beside what the model makes of it",
          &show_reconstructions);
      add("confusions", "of each true and each told class, the example that is surest",
          &show_confusions);
      c->footer("Example:\n  ansatz show weights model.pkl -o weights.png");
    });

// Pylearn2's names.
const Command show_weights_command(200, "show-weights", "as show weights", fill_as<&show_weights>,
                                   pylearn2_names);
const Command show_examples_command(200, "show-examples", "as show examples",
                                    fill_as<&show_examples>, pylearn2_names);
const Command show_samples_command(200, "show-samples", "as show samples", fill_as<&show_samples>,
                                   pylearn2_names);
const Command browse_conv_weights_command(
    200, "browse-conv-weights", "weights of all layers as a page, as show weights -o x.html",
    [](CLI::App* c, int& exit) {
      auto a = std::make_shared<ShowArguments>();
      c->add_option("model", a->model, "model file, or saved preprocessor")->required();
      c->add_option("-o,--out", a->out, "page to write, .html")->required();
      c->add_option("--layer", a->layer,
                    "layer or parameter; default: all whose weights are images");
      add_shape(*c, *a);
      add_run(*c, a, &browse_weights, exit);
      c->footer("Example:\n  ansatz browse-conv-weights model.pkl -o weights.html");
    },
    pylearn2_names);

}  // namespace ansatz::app
