// How the interpreter will run a loop: its instructions in order of work, each with the block it
// writes, made once a loop and kept.
//
// Full values are blocks of a tile: some rows of up to 512 columns, one after another. A value's
// id is its instruction's number; a row value spread over the columns has an id of its own in
// every phase. Blocks are numbered slots, handed on when the last reader is done.
#pragma once

#include <dsl/plan/plan.hpp>

#include <vector>

namespace ansatz::kernels {

struct Recipe {
  enum class Kind : std::uint8_t { load, iota, random, spread, apply, reduce, total, rows, store };

  struct Work {
    Kind kind;
    int index;                 ///< instruction, or root of total, rows and store
    int in[3] = {-1, -1, -1};  ///< ids
    int out = -1;              ///< id
    int slot = -1;             ///< of out
    bool copied = false;       ///< load: must not be read where it lies
    int direct = -1;           ///< apply: root whose memory the result may be written into at once
    int live_begin = 0, live_end = 0;  ///< in `live`: ids still read after this work
  };
  struct Phase {
    std::vector<int> row;  ///< row instructions
    std::vector<Work> work;
  };
  /// A value stored in one phase and loaded in a later one.
  struct Spill {
    int root, load;
    bool kept;  ///< in its block, not by way of memory
  };

  // The key: a copy of the loop.
  std::vector<ir::Instr> code;
  std::vector<ir::Root> roots;
  ir::Loop loop;

  std::vector<int> uniform;   ///< instructions
  std::vector<Phase> phases;  ///< one more than the loop has, for what comes after the last pass
  std::vector<Spill> spills;
  std::vector<bool> dropped;  ///< by root: a spill that need not reach memory
  std::vector<int> live;
  std::vector<int> sizes;  ///< of an argument's element; 1: position
  int ids = 0, slots = 0;

  bool full(int i) const {
    return code[i].level == ir::Level::full && code[i].code != ir::Code::reduce;
  }
  bool row_value(int i) const { return !full(i) && !uniform_value(i); }
  bool uniform_value(int i) const {
    return code[i].level == ir::Level::uniform && code[i].code != ir::Code::reduce;
  }
  int spread_id(int i, int phase) const { return loop.instrs * (1 + phase) + i; }

  /// Whether this is the recipe of the call's loop.
  bool matches(const ir::LoopCall& call) const;
  /// Reads the loop of the call.
  void read(const ir::LoopCall& call);
  /// Orders the work. `kept[s]` says of every spill whether its value stays in its block.
  void arrange(const std::vector<bool>& kept, const std::vector<bool>& dropped_roots);

 private:
  void list_phase(int phase);
  void assign_slots();
  int block_of(int i, int phase, std::vector<Work>& work, std::vector<bool>& spread);
};

}  // namespace ansatz::kernels
