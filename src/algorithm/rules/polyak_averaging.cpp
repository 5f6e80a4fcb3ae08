#include <ansatz/algorithm/rules/polyak_averaging.hpp>

#include <ansatz/session/output_file.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/session/kept_parameters.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

class PolyakRun final : public ExtensionRun {
 public:
  PolyakRun(const PolyakAveraging& description, Session& session)
      : description_(description), mean_(session, "polyak") {}

  void on_monitor(Session&) override {
    if (count_ == description_.first) {
      mean_.take();
      averaging_ = true;
    } else if (averaging_ && !description_.save_path.empty() &&
               count_ % description_.save_freq == 0) {
      write_model_file(description_.save_path.c_str(), mean_.model_file());
    }
    ++count_;
  }
  void on_batch(Session&) override {
    if (averaging_) mean_.average(static_cast<double>(++updates_));
  }
  void state(Archive& archive) override {
    archive("count", count_);
    archive("averaging", averaging_);
    archive("updates", updates_);
    require_count("count", count_);
    require_count("updates", updates_);
  }

 private:
  const PolyakAveraging& description_;
  KeptParameters mean_;
  std::int64_t count_ = 0;    // of monitoring steps
  std::int64_t updates_ = 0;  // averaged over
  bool averaging_ = false;
};

}  // namespace

void PolyakAveraging::check() const {
  if (first < 0)
    throw ValueError(fmt::format("PolyakAveraging: start must not be negative, but is {}", first));
  if (save_freq < 1)
    throw ValueError(
        fmt::format("PolyakAveraging: save_freq must be at least 1, but is {}", save_freq));
}

void PolyakAveraging::outputs(std::vector<OutputFile>& list) const {
  if (!save_path.empty()) list.push_back({this, "save_path", save_path.c_str()});
}

std::unique_ptr<ExtensionRun> PolyakAveraging::start(Session& session) const {
  check();
  return std::make_unique<PolyakRun>(*this, session);
}

}  // namespace ansatz
