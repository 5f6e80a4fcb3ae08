// All costs.
#pragma once

#include <ansatz/cost/autoencoder/gsn_cost.hpp>
#include <ansatz/cost/autoencoder/reconstruction.hpp>
#include <ansatz/cost/autoencoder/symmetric.hpp>
#include <ansatz/cost/coefficients.hpp>
#include <ansatz/cost/cost_from.hpp>
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/cost/energy/dbm_weight_decay.hpp>
#include <ansatz/cost/energy/denoising_score_matching.hpp>
#include <ansatz/cost/energy/l1_activation_cost.hpp>
#include <ansatz/cost/energy/mean_field_activity.hpp>
#include <ansatz/cost/energy/multi_prediction.hpp>
#include <ansatz/cost/energy/noise_contrastive.hpp>
#include <ansatz/cost/energy/score_matching.hpp>
#include <ansatz/cost/energy/toronto_sparsity.hpp>
#include <ansatz/cost/gradient_clipping.hpp>
#include <ansatz/cost/method_cost.hpp>
#include <ansatz/cost/penalty/lp_penalty.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/cost/supervised/missing_target_cost.hpp>
#include <ansatz/cost/supervised/weighted_cost.hpp>
#include <ansatz/cost/surrogate_cost.hpp>
#include <ansatz/cost/vae/vae_criterion.hpp>
