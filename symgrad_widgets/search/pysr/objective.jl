# The loss that PySR minimises: that of the native engine, on the same points. Defined in Main of a Julia that
# belongs to one Python process, once; `symgrad_use` sets the field before each run. No text of a user is in here.
using SymbolicRegression: SymbolicRegression, Dataset, eval_grad_tree_array

# Operators come from the table, a line for each. Outside its domain one is NaN and never throws, so that the
# expression is rejected.
# For the paper's set: a second name for the quotient, and a real power, which is not left to `^` because that
# throws for negative bases, also inside derivatives.
sg_div(u, v) = u / v
function sg_pow(u, v)
    u > zero(u) && return exp(v * log(u))
    u < zero(u) && isinteger(v) && return (mod(v, 2) == 1 ? -one(u) : one(u)) * exp(v * log(-u))
    iszero(u) && v == one(v) && return u
    iszero(u) && v > one(v) && return u * u
    return oftype(u, NaN)
end

# tangent[b, a, t]: component along input a of the tangent's basis vector b at point t, or everywhere where there
# is one t only; unit[b, c, i]: orthonormal basis vector c of the span of the neurons' gradients at point i;
# weights[i]: how much point i counts.
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

# A gradient in tangent coordinates, in units of its largest component; false where it vanishes there.
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

# Weighted mean of 1 - |P g|^2 / |g|^2; a point where g vanishes counts 1, and what vanishes everywhere is rejected.
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

# (2 - 2 cos) / n with one sign and equal weights for the whole field, for one neuron: the mean squared difference of unit gradients.
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
    return alive ? max(2 - 2 * abs(total / length(rows)), 0.0) / field.inputs : Inf  # rounding may pass 1
end

function symgrad_loss(measure, tree, dataset, options, rows)
    Threads.atomic_add!(SYMGRAD_EVALUATIONS, 1)
    X = rows === nothing ? dataset.X : dataset.X[:, rows]
    _, gradients, complete = eval_grad_tree_array(tree, X, options; variable=true)
    complete || return Inf
    return measure(gradients, rows === nothing ? axes(X, 2) : rows, SYMGRAD_FIELD[])
end

# With three arguments all points count; the fourth holds the numbers of a batch's points.
function symgrad_angle_loss(tree, dataset::Dataset{T,L}, options, rows=nothing)::L where {T,L}
    return L(symgrad_loss(symgrad_angle, tree, dataset, options, rows))
end
function symgrad_paper_loss(tree, dataset::Dataset{T,L}, options, rows=nothing)::L where {T,L}
    return L(symgrad_loss(symgrad_paper, tree, dataset, options, rows))
end

# Losses of formulas, given as text, for a comparison with the native engine.
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
