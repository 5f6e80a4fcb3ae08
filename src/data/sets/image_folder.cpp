#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/sets/image_folder.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/image.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>
#include "picture_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace ansatz {

void ImageFolder::check() const {
  if (size.rows < 1 || size.columns < 1)
    throw KeyFaults("size",
                    fmt::format("size is {}; at least 1 x 1 is needed", to_text(size).view()));
  // A quarter: also three channels must be counted by an int.
  if (1LL * size.rows * size.columns > std::numeric_limits<int>::max() / 4)
    throw KeyFaults("size", fmt::format("size is {}, more pixels than an example may have",
                                        to_text(size).view()));
  if (channels == 2) throw KeyFaults("channels", "channels is 2; 1 or 3 is allowed");
}

std::shared_ptr<const BatchSource> ImageFolder::open() const {
  check();
  const auto files = std::make_shared<const data::PictureFiles>(
      data::picture_files(std::string(path.view()), true));
  const int classes = static_cast<int>(files->classes.size());
  if (num_classes && num_classes != classes)
    throw ValueError(fmt::format("{} has {} folders, where num_classes is {}",
                                 path_in_quotes(path.view()), classes, num_classes));
  (void)data::check_pictures(*files, channels);
  Pages pages;
  pages.columns.push_back(image_column("features", size.rows, size.columns, channels));
  if (classes) pages.columns.push_back(label_column("targets", classes));
  pages.examples = static_cast<std::int64_t>(files->paths.size());
  const RowsColumns to = size;
  pages.begin = [files, to, colours = channels]() -> RowsAt {
    return [files, to, colours](const Subset& wanted, std::span<void* const> out) {
      auto* pixels = static_cast<float*>(out[0]);
      for (std::int64_t i = 0; i < wanted.size; ++i) {
        const auto which = static_cast<std::size_t>(wanted[i]);
        const Picture picture =
            resized(read_picture(files->paths[which], colours), to.rows, to.columns);
        for (const std::uint8_t v : picture.pixels) *pixels++ = static_cast<float>(v) / 255.f;
        if (out.size() > 1) static_cast<std::int32_t*>(out[1])[i] = files->labels[which];
      }
    };
  };
  // Reading all pictures again to see whether a resumed run has the same ones would take too long.
  pages.facts = fmt::format("{} pictures of {} bytes, by class {}", files->paths.size(),
                            files->bytes, fmt::join(files->per_class, " "));
  const auto source = paged(std::move(pages));
  if (!load_all) return source;
  return std::make_shared<const Table>(in_memory(source));
}

std::shared_ptr<const Table> ImageFolder::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string ImageFolder::missing_file() const { return data::missing_folder(path.c_str()); }
void ImageFolder::files(std::vector<std::string>& list) const { list.emplace_back(path.view()); }

}  // namespace ansatz
