#include <ansatz/termination/combined.hpp>

#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

// Asks until an answer is `decisive`, which then is the answer; otherwise the answer is the other
// one. With `every` the rest is asked all the same.
class CombinedRun final : public CriterionRun {
 public:
  CombinedRun(const CombinedCriterion& description, Session& session, const char* name,
              bool decisive, bool every)
      : decisive_(decisive), every_(every) {
    if (description.criteria.empty())
      throw ValueError(fmt::format("{}: needs at least one criterion", name));
    for (const auto& each : description.criteria) runs_.push_back(each->start(session));
  }

  bool continue_learning(Session& session) override {
    bool answer = !decisive_;
    for (auto& each : runs_) {
      if (each->continue_learning(session) == decisive_) answer = decisive_;
      if (answer == decisive_ && !every_) break;
    }
    return answer;
  }
  void state(Archive& archive) override {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      archive.enter(fmt::format("criteria[{}]", i));
      runs_[i]->state(archive);
      archive.leave();
    }
  }

 private:
  bool decisive_, every_;
  std::vector<std::unique_ptr<CriterionRun>> runs_;
};

}  // namespace

std::unique_ptr<CriterionRun> And::start(Session& session) const {
  return std::make_unique<CombinedRun>(*this, session, "And", false, false);
}
std::unique_ptr<CriterionRun> Or::start(Session& session) const {
  return std::make_unique<CombinedRun>(*this, session, "Or", true, false);
}
std::unique_ptr<CriterionRun> All::start(Session& session) const {
  return std::make_unique<CombinedRun>(*this, session, "All", true, true);
}
std::unique_ptr<CriterionRun> Any::start(Session& session) const {
  return std::make_unique<CombinedRun>(*this, session, "Any", false, true);
}

}  // namespace ansatz
