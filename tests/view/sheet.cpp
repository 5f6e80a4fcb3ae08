#include <catch2/catch.hpp>

#include <ansatz/view/sheet.hpp>
#include <ansatz/view/weights.hpp>
#include <dsl/exceptions.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace ansatz;

namespace {

std::vector<int> pixel(const Picture& p, int row, int column) {
  const auto at = static_cast<std::size_t>((row * p.columns + column) * 3);
  return {p.pixels[at], p.pixels[at + 1], p.pixels[at + 2]};
}

std::vector<int> grey(int v) { return {v, v, v}; }

ModelFile with(std::vector<NamedTensor> parameters) {
  ModelFile file;
  file.parameters = std::move(parameters);
  return file;
}

NamedTensor counted(const std::string& name, std::vector<std::int64_t> shape) {
  std::int64_t size = 1;
  for (const std::int64_t d : shape) size *= d;
  std::vector<float> values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(static_cast<float>(i));
  return NamedTensor(name, std::move(shape), values.data());
}

}  // namespace

TEST_CASE("sheet: grey is zero, the largest of an image or of all is white", "[view][sheet]") {
  // Two images of 1 x 2 pixels.
  const Images images{2, 1, 2, 1, {-1, 0, 4, -2}};
  SheetOptions options;
  options.columns = 2, options.zoom = 1, options.gap = 1;
  const Picture each = sheet(images, options);
  REQUIRE(each.rows == 3);
  REQUIRE(each.columns == 7);
  CHECK(pixel(each, 0, 0) == grey(255));
  CHECK(pixel(each, 1, 1) == grey(0));
  CHECK(pixel(each, 1, 2) == grey(128));
  CHECK(pixel(each, 1, 4) == grey(255));
  CHECK(pixel(each, 1, 5) == grey(64));
  options.rescale = Rescale::global;
  CHECK(pixel(sheet(images, options), 1, 1) == grey(96));
  options.rescale = Rescale::none;
  CHECK(pixel(sheet(images, options), 1, 4) == grey(255));
  CHECK(pixel(sheet(images, options), 1, 2) == grey(128));
  options.shades = Shades::from_zero;
  CHECK(pixel(sheet(images, options), 1, 1) == grey(0));
}

TEST_CASE("sheet: values from 0 on are black to white; colours; what is missing", "[view][sheet]") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const Images images{1, 1, 2, 3, {1, .5, 0, none, 0, 0}};
  SheetOptions options;
  options.columns = 2, options.zoom = 2, options.gap = 0;
  const Picture picture = sheet(images, options);
  CHECK(picture.rows == 2);
  CHECK(picture.columns == 8);
  CHECK(pixel(picture, 1, 1) == std::vector<int>{255, 128, 0});
  CHECK(pixel(picture, 0, 2) == std::vector<int>{203, 222, 240});
  CHECK(pixel(picture, 0, 7) == std::vector<int>{203, 222, 240});
  CHECK_THROWS_AS(sheet(Images{}), ValueError);
  CHECK_THROWS_AS(sheet(Images{1, 1, 1, 2, {1, 2}}), ValueError);
  Images large{1000000, 100, 100, 1, {}};
  CHECK_THROWS_AS(sheet(large), ValueError);
}

TEST_CASE("sheet: numbers beside it, and lines around images", "[view][sheet]") {
  const Images images{4, 30, 30, 1, std::vector<double>(3600, .5)};
  SheetOptions options;
  options.columns = 2, options.zoom = 1, options.numbers = {0, 1};
  const Picture plain = sheet(images, options);
  CHECK(plain.columns == 23 + 2 + 2 * 32);
  int ink = 0;
  for (int r = 0; r < plain.rows; ++r)
    for (int c = 0; c < 20; ++c) ink += pixel(plain, r, c) == grey(40);
  // A 0 has twelve of fifteen points, a 1 seven or eight, each of nine pixels.
  CHECK(ink == (12 + 8) * 9);
  options.numbers.clear(), options.border = true;
  CHECK(pixel(sheet(images, options), 2, 10) == std::vector<int>{0, 114, 178});
}

TEST_CASE("sheet: orders and channels", "[view][sheet]") {
  const Images images{3, 1, 1, 2, {1, 2, 5, 0, 3, 3}};
  CHECK(by_norm(images) == std::vector<std::int64_t>{1, 2, 0});
  CHECK(chosen(images, {2, 0}).values == std::vector<double>{3, 3, 1, 2});
  const Images apart = channels_apart(Images{1, 1, 2, 2, {1, 2, 3, 4}});
  CHECK(apart.count == 2);
  CHECK(apart.values == std::vector<double>{1, 3, 2, 4});
}

TEST_CASE("sheet: for terminals", "[view][sheet]") {
  const Picture picture{1, 2, 3, {255, 0, 0, 0, 0, 255}};
  CHECK(kitty_text(picture) == "\x1b_Ga=T,f=24,s=2,v=1,m=0;/wAAAAD/\x1b\\\n");
  const std::string sixels = sixel_text(picture);
  CHECK(sixels.starts_with("\x1bPq\"1;1;2;1"));
  CHECK(sixels.find("#5?@$#180@?$-\x1b\\") != std::string::npos);
}

TEST_CASE("weights as images: columns, rows, kernels, and layers above", "[view][weights]") {
  const ImageShape two{1, 2, 1};
  CHECK(image_shape_of("28x28") == ImageShape{28, 28, 1});
  CHECK(image_shape_of("32x16x3") == ImageShape{32, 16, 3});
  for (const char* wrong : {"", "28", "28x", "x28", "28x28x3x1", "0x2", "2x2 ", "-1x2", "2,2"})
    CHECK_FALSE(image_shape_of(wrong));

  ModelFile file = with({counted("W", {2, 3}), counted("b", {3}), counted("V", {3, 2}),
                         counted("U", {5, 7}), counted("K", {1, 2, 1, 2})});
  CHECK(weight_images(file, "W", two).images.values == std::vector<double>{0, 3, 1, 4, 2, 5});
  // [[0 1 2] [3 4 5]] [[0 1] [2 3] [4 5]] = [[10 13] [28 40]], by columns.
  CHECK(weight_images(file, "V", two).images.values == std::vector<double>{10, 28, 13, 40});
  CHECK(weight_images(file, "K", two).images.values == std::vector<double>{0, 2, 1, 3});
  CHECK(weights_with_images(file, two) == std::vector<std::string>{"W", "V", "K"});
  CHECK(weights_with_images(file, std::nullopt) == std::vector<std::string>{"K"});
  CHECK_THROWS_AS(weight_images(file, "W", std::nullopt), ValueError);
  CHECK_THROWS_AS(weight_images(file, "U", two), ValueError);
  CHECK_THROWS_AS(weight_images(file, "b", two), ValueError);
  CHECK_THROWS_AS(weight_images(file, "none", two), NameError);
  // A hidden layer as large as the image stands on what is below it, and an output of a network
  // that is as large as the image makes one.
  ModelFile square = with({counted("A", {2, 2}), counted("B", {2, 2}), counted("C", {2, 3})});
  // [[0 1] [2 3]]^2 = [[2 3] [6 11]], by columns; and that times [[0 1 2] [3 4 5]].
  CHECK(weight_images(square, "B", two).images.values == std::vector<double>{2, 6, 3, 11});
  CHECK(weight_images(square, "C", two).images.values ==
        std::vector<double>{9, 33, 14, 50, 19, 67});
  ModelFile again = with({counted("A", {2, 3}), counted("B", {3, 2})});
  CHECK(weight_images(again, "B", two).images.values == std::vector<double>{10, 28, 13, 40});
  again.model_yaml = "!obj:pylearn2.models.mlp.MLP\nlayers: []\n";
  CHECK(weight_images(again, "B", two).images.values == std::vector<double>{0, 1, 2, 3, 4, 5});
  // What decoders make, through those behind them; encoders stand on each other without them.
  const ModelFile deep = with({counted("h0_W", {2, 3}), counted("h0_Wprime", {3, 2}),
                               counted("h1_W", {3, 2}), counted("h1_Wprime", {2, 3})});
  CHECK(weight_images(deep, "h0_Wprime", two).images.values ==
        std::vector<double>{0, 1, 2, 3, 4, 5});
  CHECK(weight_images(deep, "h1_W", two).images.values == std::vector<double>{10, 28, 13, 40});
  CHECK(weight_images(deep, "h1_Wprime", two).images.values == std::vector<double>{10, 13, 28, 40});
  CHECK(weights_with_images(deep, two).size() == 4);
  const ModelFile vae =
      with({counted("posterior_h_W", {2, 3}), counted("posterior_mu_W", {3, 3}),
            counted("posterior_log_sigma_W", {3, 3}), counted("conditional_h_W", {3, 2}),
            counted("conditional_mu_W", {2, 2})});
  // [[0 1 2] [3 4 5]] [[0 1 2] [3 4 5] [6 7 8]] = [[15 18 21] [42 54 66]], by columns.
  for (const char* name : {"posterior_mu_W", "posterior_log_sigma_W"})
    CHECK(weight_images(vae, name, two).images.values ==
          std::vector<double>{15, 42, 18, 54, 21, 66});
  CHECK(weight_images(vae, "conditional_mu_W", two).images.values ==
        std::vector<double>{0, 1, 2, 3});
  // [[0 1] [2 3] [4 5]] [[0 1] [2 3]] = [[2 3] [6 11] [10 19]].
  CHECK(weight_images(vae, "conditional_h_W", two).images.values ==
        std::vector<double>{2, 3, 6, 11, 10, 19});
  CHECK(weight_images(with({counted("mu", {2, 2})}), "mu", two).images.values ==
        std::vector<double>{0, 1, 2, 3});
  // A decoder's rows.
  CHECK(weight_images(with({counted("D", {3, 2})}), "D", two).images.values ==
        std::vector<double>{0, 1, 2, 3, 4, 5});
  // [out, in, rows, columns], and kernels that read neither grey nor colours.
  const WeightImages kernels = weight_images(with({counted("K", {1, 2, 1, 2})}), "K", two, true);
  CHECK(kernels.columns == 2);
  // Of two units with two channels each the second is longer, and channels stay where they are.
  CHECK(by_norm(weight_images(with({counted("K", {2, 2, 1, 2})}), "K", two, true).images, 2) ==
        std::vector<std::int64_t>{2, 3, 0, 1});
  CHECK(kernels.images.values == std::vector<double>{0, 1, 2, 3});
}

TEST_CASE("sheet: numbers have room beside images of any shape", "[view][sheet]") {
  // Of 0 to 9 in strokes of 3 x 3 pixels.
  constexpr int strokes[] = {12, 8, 11, 11, 9, 11, 12, 7, 13, 12};
  for (const int rows : {1, 2, 3, 5, 7, 60})
    for (const int columns : {1, 2, 3, 4, 9, 60})
      for (const int across : {1, 2, 3, 12}) {
        CAPTURE(rows, columns, across);
        Images images;
        images.rows = rows, images.columns = columns,
        images.count = std::int64_t{1} * across * across;
        images.values.assign(static_cast<std::size_t>(images.count * images.size()),
                             std::numeric_limits<double>::quiet_NaN());
        SheetOptions options;
        options.columns = across;
        std::int64_t ink = 0;
        for (int i = 0; i < across; ++i) {
          options.numbers.push_back(i);
          ink += 2 * 9 * (strokes[i % 10] + (i > 9 ? strokes[1] : 0));
        }
        const auto inked = [](const Picture& p) {
          std::int64_t count = 0;
          for (int r = 0; r < p.rows; ++r)
            for (int c = 0; c < p.columns; ++c) count += pixel(p, r, c) == grey(40);
          return count;
        };
        CHECK(inked(sheet(images, options)) == ink);
        // Where an image is smaller than its number, what has no room is left out.
        options.zoom = 1;
        CHECK(inked(sheet(images, options)) <= ink);
        options.gap = 0;
        CHECK(inked(sheet(images, options)) <= ink);
      }
}

TEST_CASE("weights as images: the order of a kernel's axes", "[view][weights]") {
  ModelFile file;
  CHECK_FALSE(has_channels_first(file));
  file.model_yaml = "!obj:MLP { input_space: !obj:Conv2DSpace { axes: [ b, c, 0, 1 ] } }";
  CHECK(has_channels_first(file));
  file.model_yaml = "!obj:MLP { input_space: !obj:Conv2DSpace { axes: [ b, 0, 1, c ] } }";
  CHECK_FALSE(has_channels_first(file));
}

TEST_CASE("weights as images: what the file says of its data", "[view][weights]") {
  ModelFile file;
  CHECK_FALSE(trained_image_shape(file));
  file.data["dataset"] = "40 examples; features float32 [28, 20, 3] 311f; targets int32 [1, 2, 3]";
  CHECK(trained_image_shape(file) == ImageShape{28, 20, 3});
  file.data["dataset"] = "40 examples; features float32 [28] 311f; targets int32 [1, 2, 3]";
  CHECK_FALSE(trained_image_shape(file));
}
