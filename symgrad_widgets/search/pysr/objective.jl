# The loss that PySR minimises: the native engine's loss, on the same points. Each Python process has one Julia, which
# runs this file once, in Main. `symgrad_use` sets the field before each run. No user's text gets into this code.
using SymbolicRegression: SymbolicRegression, Dataset, eval_grad_tree_array

# The table of operators defines all other operators, one per line. Outside its domain, an operator returns NaN and
# never throws, so that the expression is rejected.
# These two belong to the paper's operators: a second name for the quotient, and a real power. We do not use `^` for
# the power, because `^` throws for negative bases, also inside derivatives.
sg_div(u, v) = u / v
function sg_pow(u, v)
    u > zero(u) && return exp(v * log(u))
    u < zero(u) && isinteger(v) && return (mod(v, 2) == 1 ? -one(u) : one(u)) * exp(v * log(-u))
    iszero(u) && v == one(v) && return u
    iszero(u) && v > one(v) && return u * u
    return oftype(u, NaN)
end

# tangent[b, a, t]: component along input a of tangent basis vector b at point t (if there is only one t, at all
# points); unit[b, c, i]: orthonormal basis vector c of the span of the neurons' gradients at point i;
# weights[i]: weight of point i.
struct SymgradField
    tangent::Array{Float64,3}
    unit::Array{Float64,3}
    weights::Vector{Float64}
    inputs::Int
end
const SYMGRAD_FIELD = Ref{SymgradField}()
const SYMGRAD_EVALUATIONS = Threads.Atomic{Int}(0)

function symgrad_use(tangent, unit, weights, inputs, variables, dimension, neurons)
    t = reshape(Vector{Float64}(tangent), Int(dimension), Int(variables), :)
    u = reshape(Vector{Float64}(unit), Int(dimension), Int(neurons), :)
    SYMGRAD_FIELD[] = SymgradField(t, u, Vector{Float64}(weights), Int(inputs))
    return nothing
end

symgrad_evaluations() = SYMGRAD_EVALUATIONS[]

# Write a gradient in tangent coordinates, divided by its largest component; return false where it vanishes.
function symgrad_project!(projected, gradients, j, field, i)
    longest = maximum(abs, view(gradients, :, j))
    (isfinite(longest) && longest > 0) || return false
    t = size(field.tangent, 3) == 1 ? 1 : i
    for b in eachindex(projected)
        projected[b] = 0.0
        for a in axes(gradients, 1)
            projected[b] += field.tangent[b, a, t] * (gradients[a, j] / longest)
        end
    end
    return maximum(abs, projected) > 1e-9
end

# Weighted mean of 1 - |P g|^2 / |g|^2, with 1 where g vanishes; Inf if g vanishes at all points.
function symgrad_angle(gradients, rows, field)
    projected = zeros(size(field.tangent, 1))
    rest = similar(projected)
    total, alive = 0.0, false
    for (j, i) in enumerate(rows)
        share = 1.0
        if symgrad_project!(projected, gradients, j, field, i)
            alive = true
            rest .= projected
            for c in axes(field.unit, 2)
                along = sum(field.unit[b, c, i] * projected[b] for b in eachindex(projected))
                for b in eachindex(rest)
                    rest[b] -= along * field.unit[b, c, i]
                end
            end
            share = min(sum(abs2, rest) / sum(abs2, projected), 1.0)
        end
        total += field.weights[i] * share
    end
    return alive ? total / sum(field.weights[i] for i in rows) : Inf
end

# For one neuron, (2 - 2 cos) / n: the mean squared difference of unit gradients, with one sign for the whole field.
function symgrad_paper(gradients, rows, field)
    projected = zeros(size(field.tangent, 1))
    total, alive = 0.0, false
    for (j, i) in enumerate(rows)
        if symgrad_project!(projected, gradients, j, field, i)
            alive = true
            along = sum(field.unit[b, 1, i] * projected[b] for b in eachindex(projected))
            total += along / sqrt(sum(abs2, projected))
        end
    end
    return alive ? max(2 - 2 * abs(total / length(rows)), 0.0) / field.inputs : Inf  # rounding may exceed 1
end

function symgrad_loss(measure, tree, dataset, options, rows)
    Threads.atomic_add!(SYMGRAD_EVALUATIONS, 1)
    X = rows === nothing ? dataset.X : dataset.X[:, rows]
    _, gradients, complete = eval_grad_tree_array(tree, X, options; variable=true)
    complete || return Inf
    return measure(gradients, rows === nothing ? axes(X, 2) : rows, SYMGRAD_FIELD[])
end

# With three arguments, all points count; a fourth argument gives the numbers of a batch's points.
function symgrad_angle_loss(tree, dataset::Dataset{T,L}, options, rows=nothing)::L where {T,L}
    return L(symgrad_loss(symgrad_angle, tree, dataset, options, rows))
end
function symgrad_paper_loss(tree, dataset::Dataset{T,L}, options, rows=nothing)::L where {T,L}
    return L(symgrad_loss(symgrad_paper, tree, dataset, options, rows))
end

# Return the losses of formulas, given as text, for comparison with the native engine.
function symgrad_losses(loss, formulas, X, names, unary, binary)
    operators = SymbolicRegression.OperatorEnum((Tuple(unary), Tuple(binary)))
    node_type = SymbolicRegression.Node{Float64}
    options = SymbolicRegression.Options(; operators=operators)
    dataset = Dataset(X, X[1, :])
    return map(formulas) do formula
        parsed = SymbolicRegression.parse_expression(
            Meta.parse(formula); operators=operators, variable_names=names, node_type=node_type
        )
        Float64(loss(parsed.tree, dataset, options))
    end
end
