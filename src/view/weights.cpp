#include <ansatz/view/run_table.hpp>
#include <ansatz/view/weights.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace ansatz {

namespace {

std::vector<double> values_of(const NamedTensor& t) {
  std::vector<double> values;
  if (const double* const d = t.data<double>()) values.assign(d, d + t.size());
  if (const float* const f = t.data<float>()) values.assign(f, f + t.size());
  return values;
}

/// A matrix, row-major.
struct WeightMatrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> values;
};

bool is_matrix(const NamedTensor& t) { return t.shape.size() == 2 && t.size() > 0; }

WeightMatrix matrix_of(const NamedTensor& t) { return {t.shape[0], t.shape[1], values_of(t)}; }

WeightMatrix product(const WeightMatrix& a, const WeightMatrix& b) {
  WeightMatrix out{a.rows, b.columns,
                   std::vector<double>(static_cast<std::size_t>(a.rows * b.columns))};
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t k = 0; k < a.columns; ++k) {
      const double v = a.values[static_cast<std::size_t>(i * a.columns + k)];
      for (std::int64_t j = 0; j < b.columns; ++j)
        out.values[static_cast<std::size_t>(i * b.columns + j)] +=
            v * b.values[static_cast<std::size_t>(k * b.columns + j)];
    }
  return out;
}

Images blank(const ImageShape& shape, std::int64_t count) {
  Images out;
  out.rows = shape.rows, out.columns = shape.columns, out.channels = shape.channels;
  out.count = count;
  out.values.resize(static_cast<std::size_t>(count * out.size()));
  return out;
}

Images columns_as_images(const WeightMatrix& m, const ImageShape& shape) {
  Images out = blank(shape, m.columns);
  for (std::int64_t j = 0; j < m.columns; ++j)
    for (std::int64_t i = 0; i < m.rows; ++i)
      out.values[static_cast<std::size_t>(j * m.rows + i)] =
          m.values[static_cast<std::size_t>(i * m.columns + j)];
  return out;
}

Images kernels_as_images(const NamedTensor& t, bool channels_first) {
  const auto& d = t.shape;
  const std::int64_t rows = channels_first ? d[2] : d[0], columns = channels_first ? d[3] : d[1];
  const std::int64_t in = channels_first ? d[1] : d[2], out_count = channels_first ? d[0] : d[3];
  Images out =
      blank({static_cast<int>(rows), static_cast<int>(columns), static_cast<int>(in)}, out_count);
  const std::vector<double> from = values_of(t);
  std::size_t to = 0;
  for (std::int64_t o = 0; o < out_count; ++o)
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < columns; ++c)
        for (std::int64_t i = 0; i < in; ++i)
          out.values[to++] = from[static_cast<std::size_t>(
              channels_first ? ((o * in + i) * rows + r) * columns + c
                             : ((r * columns + c) * in + i) * out_count + o)];
  return out;
}

/// A matrix on the way from a code to the inputs: "Wprime" of an autoencoder, those of a
/// variational autoencoder's conditional distribution, the means of k-means.
bool makes_inputs(const NamedTensor& t) {
  return t.name == "Wprime" || t.name.ends_with("_Wprime") || t.name.starts_with("conditional_") ||
         t.name == "mu";
}

constexpr std::string_view mean = "_mu_W", deviation = "_log_sigma_W";

/// Matrices whose product is shown, and whether its rows are the images, not its columns.
struct Chain {
  std::vector<const NamedTensor*> matrices;
  bool of_rows = false;
};

/// The matrices below and this one, from the inputs up; none where they do not follow each other.
std::vector<const NamedTensor*> read_through(const ModelFile& file, const NamedTensor& last,
                                             std::int64_t inputs) {
  // The mean and the deviation of a distribution stand beside each other.
  std::string beside;
  if (last.name.ends_with(deviation))
    beside = last.name.substr(0, last.name.size() - deviation.size()) + std::string(mean);
  std::vector<const NamedTensor*> chain;
  for (const NamedTensor& t : file.parameters) {
    if (!is_matrix(t) || makes_inputs(t) || t.name == beside) continue;
    if (t.shape[0] == (chain.empty() ? inputs : chain.back()->shape[1]))
      chain.push_back(&t);
    else if (&t == &last)
      return {};
    else
      continue;
    if (&t == &last) return chain;
  }
  return {};
}

/// This matrix of a decoder and those behind it, down to the inputs; none where they do not make
/// these.
std::vector<const NamedTensor*> made_through(const ModelFile& file, const NamedTensor& first,
                                             std::int64_t inputs) {
  std::vector<const NamedTensor*> chain{&first};
  const auto add = [&](const NamedTensor& t) {
    if (is_matrix(t) && makes_inputs(t) && !t.name.ends_with(deviation) &&
        t.shape[0] == chain.back()->shape[1])
      chain.push_back(&t);
  };
  const std::int64_t at = &first - file.parameters.data();
  // Layers are told from the inputs up; those of a distribution as they are computed.
  if (first.name.ends_with("Wprime"))
    for (std::int64_t i = at; i-- > 0;) {
      const NamedTensor& t = file.parameters[static_cast<std::size_t>(i)];
      if (t.name.ends_with("Wprime")) add(t);
    }
  else if (first.name.starts_with("conditional_"))
    for (std::size_t i = static_cast<std::size_t>(at) + 1; i < file.parameters.size(); ++i)
      add(file.parameters[i]);
  return chain.back()->shape[1] == inputs ? chain : std::vector<const NamedTensor*>{};
}

/// The last matrix of a network whose outputs are as large as an image, as those are that make
/// their inputs again.
bool is_output_of_network(const ModelFile& file, const NamedTensor& t) {
  if (!file.model_yaml.starts_with("!obj:pylearn2.models.mlp.MLP\n") ||
      t.name.ends_with("softmax_W"))
    return false;
  const auto last = std::find_if(file.parameters.rbegin(), file.parameters.rend(), is_matrix);
  const auto first = std::find_if(file.parameters.begin(), file.parameters.end(), is_matrix);
  return &*last == &t && &*first != &t;
}

std::optional<Chain> images_in(const ModelFile& file, const NamedTensor& t,
                               const std::optional<ImageShape>& image) {
  if (!image || !is_matrix(t)) return std::nullopt;
  const std::int64_t size = image->size();
  if (makes_inputs(t)) {
    auto made = made_through(file, t, size);
    if (!made.empty()) return Chain{std::move(made), true};
  } else if (t.shape[1] == size && is_output_of_network(file, t)) {
    return Chain{{&t}, true};
  }
  if (!makes_inputs(t)) {
    auto read = read_through(file, t, size);
    if (!read.empty()) return Chain{std::move(read), false};
  }
  if (t.shape[0] == size) return Chain{{&t}, false};
  if (t.shape[1] == size) return Chain{{&t}, true};
  return std::nullopt;
}

const NamedTensor& tensor_of(const ModelFile& file, const std::string& name) {
  std::vector<std::string_view> names;
  for (const NamedTensor& t : file.parameters) {
    if (t.name == name) return t;
    names.push_back(t.name);
  }
  throw NameError(
      fmt::format("the model has no parameter \"{}\"{}", name, allowed_names(name, names)));
}

}  // namespace

std::optional<ImageShape> image_shape_of(std::string_view text) {
  int sizes[3] = {0, 0, 1};
  int count = 0;
  for (const char *at = text.data(), *const end = at + text.size();; ++at) {
    if (count == 3) return std::nullopt;
    const auto [behind, code] = std::from_chars(at, end, sizes[count]);
    if (code != std::errc{} || sizes[count] < 1 || sizes[count] > 100000) return std::nullopt;
    ++count;
    at = behind;
    if (at == end) break;
    if (*at != 'x') return std::nullopt;
  }
  if (count < 2) return std::nullopt;
  return ImageShape{sizes[0], sizes[1], sizes[2]};
}

std::optional<ImageShape> trained_image_shape(const ModelFile& file) {
  const auto at = file.data.find("dataset");
  if (at == file.data.end()) return std::nullopt;
  // "4000 examples; features float32 [28, 28, 1] 311f99ea; …"
  const std::size_t begin = at->second.find("; features ");
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t open = at->second.find('[', begin), close = at->second.find(']', begin);
  const std::size_t next = at->second.find(';', begin + 1);
  if (open == std::string::npos || close == std::string::npos || close < open || open > next)
    return std::nullopt;
  std::string text;
  for (const char c : at->second.substr(open + 1, close - open - 1))
    if (c != ' ') text += c == ',' ? 'x' : c;
  const auto shape = image_shape_of(text);
  return shape && std::count(text.begin(), text.end(), 'x') == 2 ? shape : std::nullopt;
}

bool has_channels_first(const ModelFile& file) {
  for (const auto& [path, value] : job_settings(file.model_yaml))
    if (path.ends_with("axes[1]")) return value == "c";
  return false;
}

WeightImages weight_images(const ModelFile& file, const std::string& name,
                           const std::optional<ImageShape>& image, bool channels_first) {
  const NamedTensor& t = tensor_of(file, name);
  if (t.shape.size() == 4 && t.size() > 0) {
    WeightImages kernels{kernels_as_images(t, channels_first), 0};
    if (kernels.images.channels == 1 || kernels.images.channels == 3) return kernels;
    const int together = kernels.images.channels;
    return {channels_apart(kernels.images), together};
  }
  if (!is_matrix(t))
    throw ValueError(
        fmt::format("{} is [{}], which is neither a matrix nor kernels of a convolution", name,
                    fmt::join(t.shape, ", ")));
  if (!image)
    throw ValueError(
        fmt::format("what the model of {} reads are no images; say of which shape they "
                    "are, such as 28x28",
                    name));
  if (const auto chain = images_in(file, t, image)) {
    WeightMatrix seen = matrix_of(*chain->matrices.front());
    for (std::size_t i = 1; i < chain->matrices.size(); ++i)
      seen = product(seen, matrix_of(*chain->matrices[i]));
    if (!chain->of_rows) return {columns_as_images(seen, *image), 0};
    Images rows = blank(*image, seen.rows);
    rows.values = std::move(seen.values);
    return {rows, 0};
  }
  throw ValueError(fmt::format(
      "{} is [{}]: neither its rows nor its columns are images of {} x {} x {}, and it does not "
      "stand on matrices that read them",
      name, fmt::join(t.shape, ", "), image->rows, image->columns, image->channels));
}

std::vector<std::string> weights_with_images(const ModelFile& file,
                                             const std::optional<ImageShape>& image) {
  std::vector<std::string> names;
  for (const NamedTensor& t : file.parameters) {
    if (t.size() == 0) continue;
    const bool kernels = t.shape.size() == 4;
    if (kernels || images_in(file, t, image)) names.push_back(t.name);
  }
  return names;
}

}  // namespace ansatz
