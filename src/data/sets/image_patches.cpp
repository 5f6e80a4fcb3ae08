#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/sets/image_patches.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/image.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>
#include "picture_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <list>
#include <numeric>

namespace ansatz {

namespace {

constexpr std::int64_t patches_of_a_picture = 1000;

// Where a patch begins: places are told in 1 / 2^32 of those that there are, which only the picture
// tells.
struct Patch {
  std::int32_t picture = 0;
  std::uint32_t row = 0, column = 0;
};

std::vector<Patch> draw(const ImagePatches& set, std::size_t pictures) {
  RandomState random = random_state(set.rng, {1, 2, 3});
  std::vector<Patch> list;
  list.reserve(static_cast<std::size_t>(set.num_patches));
  std::vector<std::int32_t> order(pictures);
  std::iota(order.begin(), order.end(), 0);
  const auto count = static_cast<std::size_t>(set.num_patches);
  const std::size_t together = std::min(pictures, static_cast<std::size_t>(set.cached));
  for (std::size_t at = pictures; list.size() < count; at += together) {
    if (at + together > pictures) {
      for (std::size_t i = pictures; i > 1; --i)
        std::swap(order[i - 1],
                  order[static_cast<std::size_t>(random.randint(0, static_cast<std::int64_t>(i)))]);
      at = 0;
    }
    const std::int64_t here = patches_of_a_picture * static_cast<std::int64_t>(together);
    for (std::int64_t i = 0; i < here && list.size() < count; ++i) {
      const std::int64_t which = random.randint(0, static_cast<std::int64_t>(together));
      const auto part = [&] {
        return static_cast<std::uint32_t>(random.randint(0, std::int64_t{1} << 32));
      };
      Patch p;
      p.picture = order[at + static_cast<std::size_t>(which)];
      p.row = part();
      p.column = part();
      list.push_back(p);
    }
  }
  return list;
}

// The pictures that were used last.
class Cache {
 public:
  Cache(const data::PictureFiles& files, int channels, std::size_t most)
      : files_(files), channels_(channels), most_(most) {}
  const Picture& operator[](std::int32_t which) {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [&](const auto& each) { return each.first == which; });
    if (found != kept_.end()) {
      kept_.splice(kept_.begin(), kept_, found);
      return kept_.front().second;
    }
    if (kept_.size() >= most_) kept_.pop_back();
    kept_.emplace_front(which,
                        read_picture(files_.paths[static_cast<std::size_t>(which)], channels_));
    return kept_.front().second;
  }

 private:
  const data::PictureFiles& files_;
  int channels_;
  std::size_t most_;
  std::list<std::pair<std::int32_t, Picture>> kept_;
};

void copy_patch(const Picture& from, const Patch& patch, const RowsColumns& shape, float* to) {
  const auto place = [](int size, int part, std::uint32_t of) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(size - part + 1) * of >> 32);
  };
  const std::int64_t row = place(from.rows, shape.rows, patch.row);
  const std::int64_t column = place(from.columns, shape.columns, patch.column);
  for (std::int64_t r = 0; r < shape.rows; ++r) {
    const std::uint8_t* pixel =
        from.pixels.data() + ((row + r) * from.columns + column) * from.channels;
    for (std::int64_t i = 0; i < shape.columns * from.channels; ++i)
      *to++ = static_cast<float>(*pixel++) / 255.f;
  }
}

}  // namespace

void ImagePatches::check() const {
  if (patch_shape.rows < 1 || patch_shape.columns < 1)
    throw KeyFaults("patch_shape", fmt::format("patch_shape is {}; at least 1 x 1 is needed",
                                               to_text(patch_shape).view()));
  if (1LL * patch_shape.rows * patch_shape.columns > std::numeric_limits<int>::max() / 4)
    throw KeyFaults("patch_shape",
                    fmt::format("patch_shape is {}, more pixels than an example may have",
                                to_text(patch_shape).view()));
  if (channels == 2) throw KeyFaults("channels", "channels is 2; 1 or 3 is allowed");
}

std::shared_ptr<const BatchSource> ImagePatches::open() const {
  check();
  const auto files = std::make_shared<const data::PictureFiles>(
      data::picture_files(std::string(path.view()), false));
  const data::LeastSize least = data::check_pictures(*files, channels);
  if (least.rows < patch_shape.rows || least.columns < patch_shape.columns)
    throw ShapeError(fmt::format(
        "{}: a picture has {} rows, one has {} columns; patches of {} do "
        "not fit",
        path_in_quotes(path.view()), least.rows, least.columns, to_text(patch_shape).view()));
  const auto patches = std::make_shared<const std::vector<Patch>>(draw(*this, files->paths.size()));
  Pages pages;
  pages.columns.push_back(
      image_column("features", patch_shape.rows, patch_shape.columns, channels));
  pages.examples = num_patches;
  pages.begin = [files, patches, how = *this]() -> RowsAt {
    const auto cache =
        std::make_shared<Cache>(*files, how.channels, static_cast<std::size_t>(how.cached));
    return [files, patches, how, cache](const Subset& wanted, std::span<void* const> out) {
      auto* to = static_cast<float*>(out[0]);
      const std::int64_t size =
          std::int64_t{how.patch_shape.rows} * how.patch_shape.columns * how.channels;
      for (std::int64_t i = 0; i < wanted.size; ++i, to += size) {
        const Patch& patch = (*patches)[static_cast<std::size_t>(wanted[i])];
        copy_patch((*cache)[patch.picture], patch, how.patch_shape, to);
      }
    };
  };
  pages.facts = fmt::format("{} patches of {} pictures of {} bytes", num_patches,
                            files->paths.size(), files->bytes);
  return paged(std::move(pages));
}

std::shared_ptr<const Table> ImagePatches::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string ImagePatches::missing_file() const { return data::missing_folder(path.c_str()); }
void ImagePatches::files(std::vector<std::string>& list) const { list.emplace_back(path.view()); }

}  // namespace ansatz
