#include "digit_glyphs.hpp"

#include <array>

namespace ansatz::data {

namespace {

constexpr PenPoint move(float x, float y) { return {x, y, Pen::move}; }
constexpr PenPoint to(float x, float y) { return {x, y, Pen::through}; }
constexpr PenPoint turn(float x, float y) { return {x, y, Pen::corner}; }

// In a box about as high as 1 and as wide as .65, y downwards, in the order of a hand.
constexpr PenPoint zero_oval[] = {move(.4f, .02f), to(.15f, .13f), to(.04f, .48f),
                                  to(.12f, .83f),  to(.33f, .99f), to(.55f, .86f),
                                  to(.64f, .5f),   to(.55f, .15f), to(.34f, .01f)};
constexpr PenPoint zero_hook[] = {move(.54f, .16f), to(.34f, .01f), to(.12f, .17f), to(.03f, .52f),
                                  to(.13f, .85f),   to(.34f, .98f), to(.54f, .82f), to(.62f, .48f),
                                  to(.52f, .14f),   to(.36f, .08f)};
constexpr PenPoint zero_clockwise[] = {
    move(.2f, .08f), to(.42f, .02f), to(.58f, .18f), to(.65f, .5f),  to(.56f, .84f),
    to(.34f, .99f),  to(.13f, .84f), to(.05f, .5f),  to(.14f, .17f), to(.3f, .03f)};

constexpr PenPoint one_stroke[] = {move(.3f, 0), to(.3f, .5f), to(.3f, 1)};
constexpr PenPoint one_slanted[] = {move(.44f, 0), to(.34f, .5f), to(.22f, 1)};
constexpr PenPoint one_flag[] = {move(.14f, .2f), turn(.32f, .02f), to(.31f, .5f), to(.3f, 1)};
constexpr PenPoint one_serif[] = {move(.12f, .2f), turn(.32f, .02f), to(.32f, .5f),
                                  to(.31f, .97f),  move(.08f, .98f), to(.54f, .97f)};

constexpr PenPoint two_plain[] = {move(.06f, .25f), to(.2f, .04f),  to(.45f, .05f),
                                  to(.57f, .24f),   to(.47f, .5f),  to(.26f, .74f),
                                  turn(.05f, .95f), to(.34f, .94f), to(.66f, .94f)};
constexpr PenPoint two_loop[] = {move(.08f, .2f), to(.26f, .03f), to(.5f, .08f),  to(.56f, .3f),
                                 to(.42f, .6f),   to(.2f, .88f),  to(.07f, .95f), to(.02f, .84f),
                                 to(.14f, .76f),  to(.36f, .88f), to(.68f, .94f)};
constexpr PenPoint two_swan[] = {move(.1f, .14f), to(.34f, .02f), to(.54f, .16f),
                                 to(.46f, .44f),  to(.28f, .68f), turn(.06f, .9f),
                                 to(.22f, .86f),  to(.42f, .96f), to(.64f, .86f)};

constexpr PenPoint three_round[] = {move(.08f, .12f), to(.3f, .02f),    to(.53f, .12f),
                                    to(.5f, .34f),    turn(.24f, .46f), to(.5f, .56f),
                                    to(.59f, .78f),   to(.36f, .98f),   to(.04f, .88f)};
constexpr PenPoint three_flat[] = {move(.06f, .05f), to(.3f, .04f),  turn(.55f, .04f),
                                   turn(.27f, .4f),  to(.52f, .52f), to(.56f, .8f),
                                   to(.3f, .98f),    to(.03f, .88f)};
constexpr PenPoint three_loop[] = {move(.1f, .12f), to(.33f, .02f), to(.54f, .15f), to(.44f, .38f),
                                   to(.25f, .47f),  to(.21f, .4f),  to(.36f, .44f), to(.58f, .64f),
                                   to(.5f, .9f),    to(.22f, .98f), to(.02f, .86f)};

constexpr PenPoint four_open[] = {move(.1f, .03f), to(.07f, .3f),  turn(.04f, .56f),
                                  to(.36f, .55f),  to(.68f, .52f), move(.54f, .04f),
                                  to(.52f, .5f),   to(.48f, .98f)};
constexpr PenPoint four_closed[] = {move(.46f, .02f), to(.24f, .34f), turn(.02f, .66f),
                                    to(.34f, .66f),   to(.68f, .64f), move(.47f, .03f),
                                    to(.46f, .5f),    to(.45f, 1)};
constexpr PenPoint four_round[] = {move(.12f, .04f), to(.05f, .3f),  to(.16f, .48f),
                                   to(.38f, .46f),   to(.53f, .34f), move(.58f, .02f),
                                   to(.53f, .45f),   to(.46f, 1)};
constexpr PenPoint four_one_stroke[] = {move(.12f, .06f), to(.08f, .28f),   turn(.06f, .48f),
                                        to(.3f, .46f),    turn(.52f, .44f), turn(.57f, .06f),
                                        to(.53f, .5f),    to(.5f, 1)};

constexpr PenPoint five_hat[] = {move(.16f, .06f), to(.13f, .24f), turn(.1f, .44f), to(.36f, .39f),
                                 to(.58f, .58f),   to(.48f, .9f),  to(.22f, .98f),  to(.02f, .88f),
                                 move(.16f, .06f), to(.38f, .05f), to(.62f, .03f)};
constexpr PenPoint five_one_stroke[] = {move(.6f, .04f), to(.38f, .05f), turn(.16f, .05f),
                                        turn(.1f, .44f), to(.36f, .38f), to(.58f, .58f),
                                        to(.5f, .88f),   to(.22f, .98f), to(.02f, .88f)};
constexpr PenPoint five_s[] = {move(.62f, .04f), to(.36f, .05f), to(.15f, .16f), to(.18f, .4f),
                               to(.44f, .52f),   to(.55f, .76f), to(.34f, .97f), to(.04f, .9f)};

constexpr PenPoint six_curved[] = {move(.5f, .03f), to(.22f, .28f), to(.06f, .64f),
                                   to(.18f, .94f),  to(.42f, .96f), to(.56f, .76f),
                                   to(.42f, .56f),  to(.2f, .62f),  to(.08f, .78f)};
constexpr PenPoint six_straight[] = {move(.3f, 0),   to(.14f, .36f), to(.05f, .74f), to(.2f, .98f),
                                     to(.44f, .92f), to(.49f, .7f),  to(.3f, .57f),  to(.1f, .68f)};
constexpr PenPoint six_loop[] = {move(.56f, .1f), to(.4f, .03f), to(.16f, .28f), to(.05f, .64f),
                                 to(.2f, .95f),   to(.46f, .9f), to(.48f, .66f), to(.28f, .56f),
                                 to(.12f, .7f),   to(.2f, .86f)};

constexpr PenPoint seven_plain[] = {move(.04f, .06f), to(.32f, .06f), turn(.6f, .04f),
                                    to(.42f, .48f), to(.28f, 1)};
constexpr PenPoint seven_bar[] = {move(.04f, .06f), to(.32f, .06f), turn(.6f, .04f),
                                  to(.44f, .48f),   to(.3f, 1),     move(.18f, .52f),
                                  to(.38f, .5f),    to(.58f, .48f)};
constexpr PenPoint seven_serif[] = {move(.05f, .22f), turn(.08f, .06f), to(.34f, .08f),
                                    turn(.62f, .05f), to(.46f, .42f),   to(.36f, 1)};
constexpr PenPoint seven_curved[] = {move(.03f, .12f), to(.22f, .04f), to(.46f, .06f),
                                     to(.56f, .2f),    to(.46f, .54f), to(.34f, 1)};

constexpr PenPoint eight_s[] = {move(.5f, .12f), to(.28f, .02f), to(.1f, .2f),   to(.28f, .45f),
                                to(.52f, .68f),  to(.46f, .93f), to(.22f, .98f), to(.06f, .8f),
                                to(.16f, .6f),   to(.38f, .42f), to(.54f, .22f), to(.46f, .08f)};
constexpr PenPoint eight_rings[] = {
    move(.3f, .02f),  to(.12f, .18f), to(.28f, .44f), to(.5f, .24f),  to(.32f, .02f),
    move(.28f, .45f), to(.05f, .7f),  to(.26f, .99f), to(.56f, .76f), to(.3f, .45f)};
constexpr PenPoint eight_reversed[] = {
    move(.14f, .1f), to(.36f, .02f), to(.54f, .18f), to(.34f, .44f), to(.08f, .68f), to(.14f, .93f),
    to(.38f, .98f),  to(.54f, .8f),  to(.42f, .58f), to(.2f, .4f),   to(.08f, .2f),  to(.2f, .05f)};

constexpr PenPoint nine_straight[] = {move(.52f, .14f), to(.3f, .03f),  to(.08f, .22f),
                                      to(.2f, .46f),    to(.42f, .38f), turn(.54f, .1f),
                                      to(.51f, .55f),   to(.46f, 1)};
constexpr PenPoint nine_tail[] = {move(.5f, .12f), to(.28f, .03f), to(.07f, .24f),
                                  to(.2f, .47f),   to(.42f, .38f), turn(.53f, .12f),
                                  to(.5f, .6f),    to(.34f, .95f), to(.06f, .9f)};
constexpr PenPoint nine_slanted[] = {move(.54f, .16f), to(.38f, .02f), to(.12f, .18f),
                                     to(.14f, .44f),   to(.4f, .4f),   to(.56f, .14f),
                                     to(.44f, .56f),   to(.28f, 1)};

// Each entry is as likely as another: what stands twice is drawn twice as often.
constexpr Glyph zeros[] = {zero_oval, zero_hook, zero_clockwise};
constexpr Glyph ones[] = {one_stroke, one_slanted, one_stroke, one_flag, one_slanted, one_serif};
constexpr Glyph twos[] = {two_plain, two_loop, two_swan};
constexpr Glyph threes[] = {three_round, three_flat, three_round, three_loop};
constexpr Glyph fours[] = {four_open, four_closed, four_round, four_open, four_one_stroke};
constexpr Glyph fives[] = {five_hat, five_one_stroke, five_s};
constexpr Glyph sixes[] = {six_curved, six_straight, six_loop};
constexpr Glyph sevens[] = {seven_plain, seven_bar, seven_serif, seven_plain, seven_curved};
constexpr Glyph eights[] = {eight_s, eight_rings, eight_s, eight_reversed};
constexpr Glyph nines[] = {nine_straight, nine_tail, nine_slanted};

constexpr std::array<std::span<const Glyph>, 10> ways = {zeros, ones,  twos,   threes, fours,
                                                         fives, sixes, sevens, eights, nines};

constexpr bool all_fit() {
  for (const auto& digit : ways)
    for (const Glyph& glyph : digit)
      if (glyph.size() > most_glyph_points || glyph[0].pen != Pen::move) return false;
  return true;
}
static_assert(all_fit());

}  // namespace

std::span<const Glyph> ways_to_write(int digit) { return ways[static_cast<std::size_t>(digit)]; }

}  // namespace ansatz::data
