#include "dot.hpp"

#include <dsl/passes/lower.hpp>

#include "graph.hpp"

namespace ansatz::explaining {

using ir::Graph;
using ir::info_of;
using ir::OpKind;

namespace {

struct Look {
  const char* shape;
  const char* fill;
};

Look look_of(const ir::OpInfo* op) {
  if (op == info_of<ops::Input>) return {"ellipse", "#cfe8ff"};
  if (op == info_of<ops::Parameter>) return {"ellipse", "#ffe2b8"};
  if (op == info_of<ops::State>) return {"ellipse", "#fff3b0"};
  switch (op->kind) {
    case OpKind::leaf:
      return {"ellipse", "#eeeeee"};
    case OpKind::elementwise:
      return {"box", "#ffffff"};
    case OpKind::reduce:
      return {"box", "#e3d7f4"};
    case OpKind::matmul:
      return {"box", "#c9efd0"};
    case OpKind::kernel:
      return {"box", "#f8cfd4"};
    case OpKind::view:
      return {"note", "#f4f4f4"};
    default:
      return {"box", "#dddddd"};
  }
}

// In the quotes of DOT, whose escapes are its own.
std::string dot_label(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

class DotPrinter {
 public:
  explicit DotPrinter(const Graph& g) : g_(g), extents_(g), needed_(ir::reachable(g)) {}

  std::string text() {
    const ir::List<ir::Access> access = ir::all_accesses(g_);
    const ir::Clusters clusters(g_, access);
    const ir::Schedule schedule = ir::Scheduler(clusters).run();
    std::string out =
        "digraph ansatz {\n"
        "  graph [rankdir=TB, newrank=true, fontname=\"Helvetica\", fontsize=11, nodesep=0.25,"
        " ranksep=0.35]\n"
        "  node [style=\"filled,rounded\", fontname=\"Helvetica\", fontsize=11,"
        " margin=\"0.12,0.05\", height=0.3]\n"
        "  edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#666666\", color=\"#888888\","
        " arrowsize=0.6]\n";
    box_of_.assign(g_.size(), -1);
    ir::List<int> boxes;
    for (int s = 0; s < schedule.order.size(); ++s) {
      const ir::List<int>& members = schedule.members[schedule.order[s]];
      if (!clusters.fused[members.back()]) continue;
      boxes.push_back(s);
      for (int id : members) box_of_[id] = s;
    }
    join_boxes(clusters);
    for (int s : boxes) {
      out += "  subgraph cluster_" + std::to_string(s) +
             " {\n    label=" + dot_label("step " + std::to_string(s) + ": fused loop") +
             "\n    style=\"filled,rounded\"\n    color=\"#9aa7c7\"\n    fillcolor=\"#f2f5fc\"\n";
      for (int id = 0; id < g_.size(); ++id)
        if (box_of_[id] == s) out += "  " + node(id);
      out += "  }\n";
    }
    for (int id = 0; id < g_.size(); ++id)
      if (needed_[id] && box_of_[id] < 0 && !inside_label(id)) out += node(id);
    for (int id = 0; id < g_.size(); ++id)
      if (needed_[id]) out += edges_to(id);
    for (int r = 0; r < g_.roots.size(); ++r) out += root(r);
    return out + "}\n";
  }

 private:
  // Numbers stand in the label of who uses them, so that not everything hangs on one 0.5.
  bool inside_label(int id) const {
    const ir::OpInfo* op = g_[id].op;
    return op == info_of<ops::Literal> || op == info_of<ops::Extent> ||
           op == info_of<ops::NamedScalar>;
  }
  static std::string name(int id) { return "n" + std::to_string(id); }

  // Views, positions and numbers that only one loop uses are drawn inside it.
  void join_boxes(const ir::Clusters& clusters) {
    for (int id = g_.size() - 1; id >= 0; --id) {
      const bool movable = g_[id].op->kind == OpKind::view || clusters.inlined[id] ||
                           g_[id].op == info_of<ops::Iota>;
      if (!needed_[id] || !movable || box_of_[id] >= 0) continue;
      int only = -2;
      for (int user = 0; user < g_.size(); ++user)
        for (int k = 0; k < g_[user].count; ++k)
          if (needed_[user] && g_.in(user, k) == id)
            only = only == -2 || only == box_of_[user] ? box_of_[user] : -1;
      for (const ir::GraphRoot& r : g_.roots)
        if (r.value == id) only = -1;
      box_of_[id] = only < 0 ? -1 : only;
    }
  }

  std::string label(int id) const {
    if (is_named(g_, id))
      return node_name(g_, id, extents_).text + "\n" + extents_.shape(g_[id].shape);
    return "%" + std::to_string(id) + "\n" + node_text(g_, id, extents_);
  }

  std::string node(int id) const {
    const Look look = look_of(g_[id].op);
    std::string text = dot_label(label(id));
    for (std::size_t at; (at = text.find('\n')) != std::string::npos;) text.replace(at, 1, "\\n");
    return "  " + name(id) + " [label=" + text + ", shape=" + look.shape + ", fillcolor=\"" +
           look.fill + "\"]\n";
  }

  std::string edges_to(int id) const {
    std::string out;
    for (int k = 0; k < g_[id].count; ++k) {
      const int from = g_.in(id, k);
      if (inside_label(from)) continue;
      out += "  " + name(from) + " -> " + name(id) +
             " [label=" + dot_label(extents_.shape(g_[from].shape)) +
             (box_of_[id] >= 0 && box_of_[id] == box_of_[from] ? ", weight=4]\n" : "]\n");
    }
    return out;
  }

  std::string root(int r) const {
    const ir::GraphRoot& root = g_.roots[r];
    const std::string id = "r" + std::to_string(r);
    const bool update = root.target >= 0;
    const std::string text =
        update ? std::string(g_.name(root.target)) + " <-" : g_.text.data() + root.name;
    std::string out = "  " + id + " [label=" + dot_label(text) +
                      ", shape=ellipse, peripheries=" + (update ? "1" : "2") + ", fillcolor=\"" +
                      (update ? "#ffe2b8" : "#cfe8ff") + "\"]\n";
    if (inside_label(root.value)) return out;
    return out + "  " + name(root.value) + " -> " + id +
           " [label=" + dot_label(extents_.shape(g_[root.value].shape)) + "]\n";
  }

  const Graph& g_;
  Extents extents_;
  ir::List<char> needed_;
  ir::List<int> box_of_;  // the step whose box a node is drawn in, or -1
};

}  // namespace

std::string dot_text(const Graph& optimized) { return DotPrinter(optimized).text(); }

}  // namespace ansatz::explaining
