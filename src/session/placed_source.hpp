// What goes wrong with a data set, told with the place where the job names it.
#pragma once

#include <ansatz/data/source.hpp>
#include <ansatz/job/dataset.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <new>

namespace ansatz {

// Calls `use`; what it throws says where the object stands, and of a data set what it is called.
template <class Use>
auto at_place(const std::map<const Object*, std::string>& places, const Object& object,
              std::string_view name, Use use) {
  const auto place = places.find(&object);
  const auto told = [&](const Error& error) {
    return fmt::format("{}{}{}{}{}", place == places.end() ? "" : place->second + ": ",
                       name.empty() ? "" : "data set \"", name,
                       name.empty() ? "" : "\": ", error.what());
  };
  try {
    return use();
  } catch (const FileError& error) {
    throw FileError(told(error));
  } catch (const NameError& error) {
    throw NameError(told(error));
  } catch (const ShapeError& error) {
    throw ShapeError(told(error));
  } catch (const std::bad_alloc&) {
    const auto* const set = dynamic_cast<const Dataset*>(&object);
    if (!set) throw;
    std::vector<std::string> files;
    set->files(files);
    std::string what = "the memory does not suffice for the data";
    for (const std::string& file : files) {
      std::error_code none;
      const auto size = std::filesystem::file_size(file, none);
      if (!none)
        what += fmt::format("; the file '{}' has {:.1f} MB", file, static_cast<double>(size) / 1e6);
    }
    throw MemoryError(told(Error(what)));
  } catch (const MemoryError& error) {
    throw MemoryError(told(error));
  } catch (const Error& error) {
    throw ValueError(told(error));
  }
}

// A source whose errors, when it is read, begin with the place of its data set.
class PlacedSource final : public BatchSource {
 public:
  PlacedSource(std::shared_ptr<const BatchSource> source,
               const std::map<const Object*, std::string>& places, const Dataset& set)
      : source_(std::move(source)), places_(places), set_(set) {}

  const std::vector<Column>& columns() const override { return source_->columns(); }
  std::int64_t examples() const override { return source_->examples(); }
  bool random_access() const override { return source_->random_access(); }
  int ahead() const override { return source_->ahead(); }
  std::string facts() const override { return source_->facts(); }
  std::unique_ptr<RowCursor> open() const override {
    return at_place(places_, set_, "", [&] { return std::make_unique<Cursor>(*this); });
  }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const PlacedSource& of) : of_(of), cursor_(of.source_->open()) {}
    RowsView read(const Subset& wanted) override {
      return at_place(of_.places_, of_.set_, "", [&] { return cursor_->read(wanted); });
    }
    void begin_epoch(std::int64_t epoch) override { cursor_->begin_epoch(epoch); }

   private:
    const PlacedSource& of_;
    std::unique_ptr<RowCursor> cursor_;
  };

  std::shared_ptr<const BatchSource> source_;
  const std::map<const Object*, std::string>& places_;
  const Dataset& set_;
};

}  // namespace ansatz
