// Weights of models as images.
#pragma once

#include <ansatz/serial/model_file.hpp>
#include <ansatz/view/sheet.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// Rows, columns and channels of an image.
struct ImageShape {
  int rows = 0, columns = 0, channels = 1;
  std::int64_t size() const { return std::int64_t{1} * rows * columns * channels; }
  bool operator==(const ImageShape&) const = default;
};

/// "28x28" or "32x32x3". Nothing for other texts.
std::optional<ImageShape> image_shape_of(std::string_view text);

/// What the examples were that a model was trained on, as its file describes its data. Nothing
/// where they were no images.
std::optional<ImageShape> trained_image_shape(const ModelFile& file);

/// Whether kernels of the model are [out, in, rows, columns], as those are that read images with
/// axes bc01, not [rows, columns, in, out].
bool has_channels_first(const ModelFile& file);

/// Weights as images: of a matrix that reads images, its columns; of one that makes them, its rows;
/// of kernels of a convolution, each output's, and where these read neither 1 nor 3 channels, each
/// channel apart. Matrices above are multiplied with those of the layers below, as far as they are
/// matrices between the layers (top_filters.py of Pylearn2 does so): what a unit would see were all
/// units linear; those inside of a decoder with those behind them: what it would make. Which matrix
/// does what is known by its place, its sizes, and the names that decoders' have.
/// @param name   a parameter of the file
/// @param image  what the model reads; without it only kernels are images
/// @param channels_first  see has_channels_first
/// @throws NameError with the nearest name; ValueError, saying why, for what is no image
struct WeightImages {
  Images images;
  int columns = 0;  ///< of a sheet: how many stand together; 0: no matter
};
WeightImages weight_images(const ModelFile& file, const std::string& name,
                           const std::optional<ImageShape>& image, bool channels_first = false);

/// The parameters of a file that weight_images has images of, in their order.
std::vector<std::string> weights_with_images(const ModelFile& file,
                                             const std::optional<ImageShape>& image);

}  // namespace ansatz
