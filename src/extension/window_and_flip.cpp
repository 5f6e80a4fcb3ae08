#include <ansatz/extension/window_and_flip.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/session/archive.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cstring>
#include <map>
#include <mutex>

namespace ansatz {

namespace {

struct Window {
  std::int32_t row = 0, column = 0;  // of its corner; negative: in the zeros around the image
  bool flipped = false;
};
using Windows = std::vector<Window>;

// That of the C library, which Pylearn2 draws by.
int next_random(unsigned& seed) {
  const auto step = [&] { return (seed = seed * 1103515245u + 12345u) / 65536u; };
  unsigned result = step() % 2048u;
  result = (result << 10) ^ (step() % 1024u);
  result = (result << 10) ^ (step() % 1024u);
  return static_cast<int>(result);
}

// Which windows are read now: all who read the data ask it.
class ChosenWindows {
 public:
  /// @param images  how many; `rows` and `columns` of an image, without the zeros around it
  ChosenWindows(std::int64_t images, std::int64_t rows, std::int64_t columns)
      : images_(images), rows_(rows), columns_(columns) {}

  void draw(RandomState& random, const WindowAndFlip& how) {
    const auto zeros = static_cast<std::int32_t>(how.pad_randomized);
    const auto down = static_cast<int>(rows_ + 2 * zeros - how.window_shape.rows + 1);
    const auto across = static_cast<int>(columns_ + 2 * zeros - how.window_shape.columns + 1);
    auto seed = static_cast<unsigned>(random.randint(1, std::int64_t{1} << 32));
    auto drawn = std::make_shared<Windows>(static_cast<std::size_t>(images_));
    for (Window& w : *drawn) {
      w.row = next_random(seed) % down - zeros;
      w.column = next_random(seed) % across - zeros;
      w.flipped = next_random(seed) % 2 != 0 && how.flip;
    }
    const std::lock_guard lock(mutex_);
    windows_ = std::move(drawn);
  }
  std::shared_ptr<const Windows> now() const {
    const std::lock_guard lock(mutex_);
    return windows_;
  }

 private:
  std::int64_t images_, rows_, columns_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Windows> windows_;
};

const Column& images_of(const BatchSource& data) {
  const Column& images = data.column("features");
  if (!images.conv)
    throw ValueError(fmt::format("WindowAndFlip: the features are no images: {} numbers an example",
                                 images.width()));
  return images;
}

void require_window(const RowsColumns& window, const Column& images, std::int64_t zeros) {
  if (window.rows > images.example[0] + 2 * zeros || window.columns > images.example[1] + 2 * zeros)
    throw ShapeError(fmt::format("WindowAndFlip: window_shape is {}, but the images have {} x {}{}",
                                 to_text(window).view(), images.example[0], images.example[1],
                                 zeros ? fmt::format(", and {} zeros around them", zeros) : ""));
}

// Copies a window of an image; what lies beyond its edges is 0.
void cut(const unsigned char* image, const Dims& from, const Window& w, const RowsColumns& shape,
         std::int64_t element, unsigned char* out) {
  const std::int64_t pixel = from[2] * element;
  std::memset(out, 0, static_cast<std::size_t>(shape.rows * shape.columns * pixel));
  for (std::int64_t r = 0; r < shape.rows; ++r) {
    const std::int64_t row = w.row + r;
    if (row < 0 || row >= from[0]) continue;
    for (std::int64_t c = 0; c < shape.columns; ++c) {
      const std::int64_t column = w.column + c;
      if (column < 0 || column >= from[1]) continue;
      const std::int64_t to = w.flipped ? shape.columns - 1 - c : c;
      std::memcpy(out + (r * shape.columns + to) * pixel, image + (row * from[1] + column) * pixel,
                  static_cast<std::size_t>(pixel));
    }
  }
}

// The data with the windows `of(i)` instead of image i.
template <class Of>
std::shared_ptr<const BatchSource> windowed(std::shared_ptr<const BatchSource> data,
                                            const RowsColumns& shape, Of of) {
  const Column& images = images_of(*data);
  const auto place = static_cast<std::size_t>(&images - data->columns().data());
  Pages pages;
  pages.columns = data->columns();
  pages.columns[place].example = Dims{shape.rows, shape.columns, images.example[2]};
  for (Column& each : pages.columns) each.owner = nullptr, each.data = nullptr;
  pages.examples = data->examples();
  pages.ahead = std::max(data->ahead(), 2);
  pages.facts = data->facts();
  pages.begin = [data, place, shape, of]() -> RowsAt {
    const std::shared_ptr<RowCursor> cursor = data->open();
    return [data, place, shape, of, cursor, buffer = std::vector<unsigned char>()](
               const Subset& wanted, std::span<void* const> out) mutable {
      const RowsView rows = cursor->read(wanted);
      const auto windows = of();
      for (std::size_t i = 0; i < out.size(); ++i) {
        const Column& column = rows.columns[i];
        if (i != place) {
          Table::gather(column, rows.subset, column.type, out[i]);
          continue;
        }
        const std::int64_t element = element_size(column.type), bytes = column.width() * element;
        buffer.resize(static_cast<std::size_t>(rows.size() * bytes));
        Table::gather(column, rows.subset, column.type, buffer.data());
        const std::int64_t made = shape.rows * shape.columns * column.example[2] * element;
        for (std::int64_t k = 0; k < rows.size(); ++k)
          cut(buffer.data() + k * bytes, column.example, windows(wanted[k]), shape, element,
              static_cast<unsigned char*>(out[i]) + k * made);
      }
    };
  };
  return paged(std::move(pages));
}

std::shared_ptr<const BatchSource> centred(std::shared_ptr<const BatchSource> data,
                                           const RowsColumns& shape) {
  const Column& images = images_of(*data);
  require_window(shape, images, 0);
  const Window middle{static_cast<std::int32_t>((images.example[0] - shape.rows) / 2),
                      static_cast<std::int32_t>((images.example[1] - shape.columns) / 2)};
  auto made = windowed(std::move(data), shape,
                       [middle] { return [middle](std::int64_t) { return middle; }; });
  return std::make_shared<const Table>(in_memory(made));
}

class WindowRun final : public ExtensionRun {
 public:
  explicit WindowRun(const WindowAndFlip& how)
      : how_(how), random_(random_state(how.rng, {2013, 2, 20})), before_(random_) {}

  std::shared_ptr<const BatchSource> read(const Dataset& set,
                                          std::shared_ptr<const BatchSource> data) override {
    if (named(how_.center, set)) return centred(std::move(data), how_.window_shape);
    if (!named(how_.randomize, set) && !named(how_.randomize_once, set)) return data;
    const Column& images = images_of(*data);
    require_window(how_.window_shape, images, how_.pad_randomized);
    if (!data->random_access() || data->examples() < 0 || data->examples() == BatchSource::endless)
      throw ValueError(
          "WindowAndFlip: the windows belong to examples, which must be known and be there in any "
          "order; this data set is read in its own order");
    auto& chosen = chosen_[key_of(set)];
    if (!chosen)
      chosen =
          std::make_shared<ChosenWindows>(data->examples(), images.example[0], images.example[1]);
    read_first(chosen);
    return windowed(std::move(data), how_.window_shape, [chosen] {
      return [windows = chosen->now()](std::int64_t i) {
        return (*windows)[static_cast<std::size_t>(i)];
      };
    });
  }
  // Those of the data sets that the job reads, in the order in which the keys name them.
  void setup(Session&) override {
    before_ = random_;
    draw(how_.randomize);
    draw(how_.randomize_once);
  }
  void on_monitor(Session&) override {
    before_ = random_;
    draw(how_.randomize);
  }
  void state(Archive& archive) override {
    archive("before_windows", before_);
    if (archive.saving()) return;
    random_ = before_;
    draw(how_.randomize);
  }

 private:
  // A copy of the same data set, as programs in C++ make them, says the same; but one of a class
  // without a YAML name says nothing of its data.
  static std::string key_of(const Dataset& set) {
    const std::string text = to_yaml(set);
    return text.find("::") == text.npos ? text : fmt::format("{}", fmt::ptr(&set));
  }
  static bool named(const ir::List<Shared<Dataset>>& list, const Dataset& set) {
    for (const Shared<Dataset>& each : list)
      if (each.get() == &set || key_of(*each) == key_of(set)) return true;
    return false;
  }
  // Until they are drawn in `setup`, some are there, for what looks at the data before.
  void read_first(const std::shared_ptr<ChosenWindows>& chosen) const {
    if (chosen->now()) return;
    RandomState other = random_state(how_.rng, {2013, 2, 20});
    chosen->draw(other, how_);
  }
  void draw(const ir::List<Shared<Dataset>>& list) {
    for (const Shared<Dataset>& each : list) {
      const auto found = chosen_.find(key_of(*each));
      if (found != chosen_.end()) found->second->draw(random_, how_);
    }
  }

  WindowAndFlip how_;
  RandomState random_, before_;
  std::map<std::string, std::shared_ptr<ChosenWindows>> chosen_;
};

}  // namespace

void WindowAndFlip::check() const {
  if (window_shape.rows < 1 || window_shape.columns < 1)
    throw KeyFaults("window_shape", fmt::format("window_shape is {}; at least 1 x 1 is needed",
                                                to_text(window_shape).view()));
}

std::shared_ptr<const BatchSource> WindowAndFlip::read_new(
    std::shared_ptr<const BatchSource> data) const {
  const Column* const images = data->find("features");
  if (!images || !images->conv || images->example[0] < window_shape.rows ||
      images->example[1] < window_shape.columns ||
      (images->example[0] == window_shape.rows && images->example[1] == window_shape.columns))
    return data;
  return centred(std::move(data), window_shape);
}

std::unique_ptr<ExtensionRun> WindowAndFlip::start(Session&) const {
  return std::make_unique<WindowRun>(*this);
}

}  // namespace ansatz
