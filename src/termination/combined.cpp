#include <ansatz/termination/combined.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

void require_criteria(const CombinedCriterion& of, const char* name) {
  if (of.criteria.empty()) throw ValueError(fmt::format("{}: needs at least one criterion", name));
}

// Asks until an answer is `decisive`, which then is the answer; otherwise the answer is the other
// one. With `every` the rest is asked all the same.
class CombinedRun final : public CriterionRun {
 public:
  CombinedRun(const CombinedCriterion& description, Session& session, bool decisive, bool every)
      : decisive_(decisive), every_(every) {
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

void CombinedCriterion::check_job(const JobFacts& facts) const {
  for (const auto& each : criteria) each->check_job(facts);
}
void CombinedCriterion::watched(std::vector<WatchedChannel>& list) const {
  for (const auto& each : criteria) each->watched(list);
}

void And::check() const { require_criteria(*this, "And"); }
void Or::check() const { require_criteria(*this, "Or"); }
void All::check() const { require_criteria(*this, "All"); }
void Any::check() const { require_criteria(*this, "Any"); }

std::unique_ptr<CriterionRun> And::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, false, false);
}
std::unique_ptr<CriterionRun> Or::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, true, false);
}
std::unique_ptr<CriterionRun> All::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, true, true);
}
std::unique_ptr<CriterionRun> Any::start(Session& session) const {
  check();
  return std::make_unique<CombinedRun>(*this, session, false, true);
}

}  // namespace ansatz
