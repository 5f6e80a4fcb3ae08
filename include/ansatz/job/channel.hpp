// Channels: what a monitor records.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/name_index.hpp>
#include <ansatz/base/string.hpp>
#include <dsl/expr.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// How the record of a data set is made of the values of its batches.
enum class Gathered : unsigned char {
  mean,        ///< their average, weighted by the sizes of the batches
  sum,         ///< their sum
  ratio,       ///< the sum of `value` over the sum of `per`, 0 where the latter is 0
  ratio_max,   ///< the same for each unit, and of these the largest,
  ratio_mean,  ///< the mean,
  ratio_min,   ///< the smallest
};

/// One number a batch under a name. The record of an epoch is its average over the batches of a
/// data set, weighted by their sizes, or what `gathered` says; a channel that reads no data is
/// computed once.
struct Channel {
  String name;
  AnyExpr value;
  String doc;
  Gathered gathered = Gathered::mean;
  AnyExpr per = {};  ///< of a ratio: what is divided by

  /// A program's outputs are called as the channels; behind it stands what is to be made of them,
  /// in the order of Gathered, or that it is what is divided by.
  static constexpr std::string_view endings[] = {
      "", "//sum", "//ratio", "//ratio_max", "//ratio_mean", "//ratio_min"};
  static constexpr std::string_view divisor_ending = "//per";
};

class ChannelList {
 public:
  /// Error when the name is taken.
  constexpr void add(const String& name, const AnyExpr& value, const String& doc = "") {
    const auto known = [&](int i) { return channels_[i].name.view(); };
    if (names_.find_or_add(name.view(), known) >= 0) {
      const String text = "two channels have the name " + name;
      graph_error(text.c_str());
      return;
    }
    channels_.push_back({name, value, doc});
  }
  constexpr void add(const Channel& channel) {
    add(channel.name, channel.value, channel.doc);
    channels_.back().gathered = channel.gathered;
    channels_.back().per = channel.per;
  }
  /// A sum over the examples of the whole data set, such as a count.
  constexpr void add_sum(const String& name, const AnyExpr& value, const String& doc = "") {
    add({name, value, doc, Gathered::sum});
  }
  /// A ratio of sums over the examples of the whole data set, such as precision: it is not the mean
  /// of those of the batches. `value` and `per` are numbers; with `how` of the ratio_ kind they are
  /// vectors, [units].
  constexpr void add_ratio(const String& name, const AnyExpr& value, const AnyExpr& per,
                           const String& doc = "", Gathered how = Gathered::ratio) {
    add({name, value, doc, how, per});
  }
  /// All channels of `more`, their names after `prefix`, which ends in "_"; in "/" where the name
  /// is taken.
  constexpr void add(const String& prefix, const ChannelList& more) {
    for (const Channel& c : more) {
      Channel renamed = c;
      renamed.name = prefix + c.name;
      if (!prefix.empty() && contains(renamed.name))
        renamed.name = prefix.view().substr(0, prefix.view().size() - 1) + ("/" + c.name);
      add(renamed);
    }
  }
  constexpr bool contains(std::string_view name) const {
    return names_.find(name, [&](int i) { return channels_[i].name.view(); }) >= 0;
  }
  constexpr int size() const { return channels_.size(); }
  constexpr const Channel& operator[](int i) const { return channels_[i]; }
  constexpr const Channel* begin() const { return channels_.begin(); }
  constexpr const Channel* end() const { return channels_.end(); }

 private:
  ir::List<Channel> channels_;
  NameIndex names_;
};

}  // namespace ansatz
